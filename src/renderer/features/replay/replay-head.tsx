import type { AuditSession } from '../../../contract/audit.ts'
import { automaticLinuxShell } from '../../../contract/shell-command.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import { type ReplayDocument, taskDocument, taskRefOf } from '../../app/documents/document.ts'
import { useServices } from '../../app/services.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CommandFact } from '../../ui/command-fact.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { RecordingDot } from '../../ui/glyphs.tsx'
import { ExportIcon, TaskIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { Crumbs, Fact, PageHead } from '../../ui/page.tsx'
import { exactMoment, formatClock, formatDuration, formatMoment } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { PersonLink } from '../audit/person-link.tsx'
import { SourceBadge } from '../task/source-badge.tsx'
import { isFailed } from './commands.ts'
import { Keeping } from './keeping.tsx'
import styles from './replay.module.css'
import type { Replay } from './replay.ts'
import { SessionBadges } from './session-trust.tsx'
import { endWords, engineWords } from './session-words.ts'
import { useReplay } from './use-replay.ts'

/** Who was where and when, and how it ended. The document knows enough for a first line by itself. */
export function ReplayHead({
  document,
  session,
  replay,
}: {
  document: ReplayDocument
  session: AuditSession | undefined
  replay: Replay
}) {
  const { workspace } = useServices()
  const run = useRunCommand()
  const { container, userName, startedAt } = document
  const now = useNow('minute')
  return (
    <PageHead
      crumbs={
        <Crumbs
          crumbs={[
            { text: container.accountName ?? container.scope.accountId },
            { text: container.clusterName },
            ...(container.serviceName === undefined ? [] : [{ text: container.serviceName }]),
            { text: container.taskId.slice(0, 8), mono: true },
            { text: container.containerName },
          ]}
        />
      }
      title={
        <>
          <h1>
            <Name text={userName} /> in <Name text={container.containerName} />
          </h1>
          <span className={styles.span} title={exactSpan(startedAt, session?.endedAt)}>
            {spanOf(startedAt, session?.endedAt, now)}
          </span>
          {session?.live === true && (
            <Badge tone="rec">
              <RecordingDot />
              Live
            </Badge>
          )}
          {session === undefined ? <SourceBadge /> : <SessionBadges session={session} />}
        </>
      }
      actions={
        <>
          <Button variant="ghost" onClick={() => workspace.open(taskDocument(taskRefOf(container)))}>
            <TaskIcon size={14} stroke={1.75} aria-hidden />
            Task page
          </Button>
          <Button onClick={() => run('audit.exportSession')}>
            <ExportIcon size={14} stroke={1.75} aria-hidden />
            Export…
          </Button>
        </>
      }
    >
      <Fact label="Who">
        <PersonLink userName={userName} />{' '}
        <span className={styles.quiet}>
          as <Name text={container.scope.roleName} />
        </span>
      </Fact>
      {session !== undefined && <SessionFacts session={session} replay={replay} />}
    </PageHead>
  )
}

function SessionFacts({ session, replay }: { session: AuditSession; replay: Replay }) {
  const id = session.awsSessionId ?? session.sessionId
  return (
    <>
      {session.engine !== undefined && <Fact label="Engine">{engineWords[session.engine]}</Fact>}
      {session.command !== automaticLinuxShell && <CommandFact command={session.command} />}
      <CommandCount replay={replay} />
      <Duration session={session} />
      {session.endReason !== undefined && <Fact label="Ended">{endWords[session.endReason]}</Fact>}
      <Keeping session={session} />
      <Fact label="Session ID" mono>
        <span className={styles.sessionId}>
          <Name text={id} />
          <CopyButton text={id} label="Copy session ID" />
        </span>
      </Fact>
    </>
  )
}

function CommandCount({ replay }: { replay: Replay }) {
  const count = useReplay(replay, ({ commands }) => commands.filter(({ kind }) => kind === 'command').length)
  const failed = useReplay(replay, ({ commands }) => commands.filter(isFailed).length)
  return (
    <Fact label="Commands">
      {count} {failed > 0 && <span className={styles.failed}>{failed} failed</span>}
    </Fact>
  )
}

function Duration({ session: { startedAt, endedAt } }: { session: AuditSession }) {
  const now = useNow('second')
  return <Fact label="Duration">{formatDuration((endedAt ?? now) - startedAt)}</Fact>
}

/** "17 Nov, 09:40 to 10:22"; what is the same is said once. */
function spanOf(startedAt: number, endedAt: number | undefined, now: number): string {
  const start = formatMoment(startedAt, now)
  if (endedAt === undefined) return `since ${start}`
  if (formatMoment(endedAt, now) === start) return start
  const sameDay = new Date(startedAt).toDateString() === new Date(endedAt).toDateString()
  return `${start} to ${sameDay ? formatClock(endedAt) : formatMoment(endedAt, now)}`
}

function exactSpan(startedAt: number, endedAt: number | undefined): string {
  return endedAt === undefined
    ? `Since ${exactMoment(startedAt)}`
    : `${exactMoment(startedAt)} to ${exactMoment(endedAt)}`
}

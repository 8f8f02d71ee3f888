import { useMemo } from 'react'
import type { Transcript } from '../../../contract/cloud-audit.ts'
import type { ErrorValue } from '../../../contract/errors.ts'
import { type TranscriptDocument, type TranscriptPlace, taskDocument } from '../../app/documents/document.ts'
import { useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes } from '../../ui/bytes.ts'
import { Callout, ErrorCallout } from '../../ui/callout.tsx'
import { CommandFact } from '../../ui/command-fact.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { CloudIcon, FileIcon, RefreshIcon, TaskIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { Crumbs, Fact, PageHead } from '../../ui/page.tsx'
import { formatDuration, formatMoment } from '../../ui/time.ts'
import type { DocumentViewProps } from '../documents/document-views.ts'
import { SourceBadge } from '../task/source-badge.tsx'
import { clientWords } from './client-words.ts'
import { LineSearch, useLineSearch } from './line-search.tsx'
import { TextLines } from './text-lines.tsx'
import styles from './transcript.module.css'
import { useTranscript } from './use-transcript.ts'

/** What AWS logged of a session that was opened elsewhere: its text, without its timing. */
export default function TranscriptView({ document }: DocumentViewProps<'transcript'>) {
  const { transcript, problem, again } = useTranscript(document)
  return (
    <div className={styles.view}>
      <Head document={document} transcript={transcript} />
      {problem !== undefined && <Problem problem={problem} again={again} />}
      {transcript?.state === 'missing' && <Missing transcript={transcript} again={again} />}
      {transcript?.state === 'found' && <Text transcript={transcript} place={document.place} />}
    </div>
  )
}

/** All that reading transcripts takes, wherever a cluster keeps them. */
const readPolicy = JSON.stringify(
  {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TranscriptsOfSessions',
        Effect: 'Allow',
        Action: [
          'ecs:DescribeClusters',
          'ecs:DescribeTasks',
          'ecs:DescribeTaskDefinition',
          'logs:GetLogEvents',
          's3:GetObject',
          's3:ListBucket',
          'kms:Decrypt',
        ],
        Resource: '*',
      },
    ],
  },
  undefined,
  2,
)

function Problem({ problem, again }: { problem: ErrorValue; again: () => void }) {
  if (problem.code !== 'ACCESS_DENIED')
    return (
      <div className={styles.problem}>
        <ErrorCallout error={problem} action={<Button onClick={again}>Try again</Button>} />
      </div>
    )
  return (
    <div className={styles.problem}>
      <Callout
        tone="warn"
        icon={CloudIcon}
        title="The transcript may not be read"
        action={
          <>
            <Button onClick={() => void navigator.clipboard.writeText(readPolicy)}>Copy policy</Button>
            <Button onClick={again}>Look again</Button>
          </>
        }
      >
        {displayText([problem.message, problem.action].filter(Boolean).join(' '))}
      </Callout>
    </div>
  )
}

type Found = Extract<Transcript, { state: 'found' }>

function Head({
  document: { task, event },
  transcript,
}: {
  document: TranscriptDocument
  transcript: Transcript | undefined
}) {
  const { workspace } = useServices()
  const { containerName, userName, at, endedAt, roleName, client, sourceIp, command, awsSessionId } = event
  return (
    <PageHead
      crumbs={
        <Crumbs
          crumbs={[
            { text: task.accountName ?? task.scope.accountId },
            { text: task.clusterName },
            ...(task.serviceName === undefined ? [] : [{ text: task.serviceName }]),
            { text: task.taskId.slice(0, 8), mono: true },
            ...(containerName === undefined ? [] : [{ text: containerName }]),
          ]}
        />
      }
      title={
        <>
          <h1>
            <Name text={userName} />
            {containerName !== undefined && (
              <>
                {' '}
                in <Name text={containerName} />
              </>
            )}
          </h1>
          <span className={styles.span}>{formatMoment(at, Date.now())}</span>
          <SourceBadge event={event} />
        </>
      }
      actions={
        <Button variant="ghost" onClick={() => workspace.open(taskDocument(task))}>
          <TaskIcon size={14} stroke={1.75} aria-hidden />
          Task page
        </Button>
      }
    >
      {roleName !== undefined && (
        <Fact label="Role">
          <Name text={roleName} />
        </Fact>
      )}
      <Fact label="Opened with">
        {clientWords[client]}
        {sourceIp !== undefined && (
          <>
            {' '}
            from <Name text={sourceIp} />
          </>
        )}
      </Fact>
      {command !== undefined && <CommandFact command={command} />}
      {endedAt !== undefined && <Fact label="Duration">{formatDuration(endedAt - at)}</Fact>}
      {transcript?.state === 'found' && <FoundFacts transcript={transcript} />}
      {awsSessionId !== undefined && (
        <Fact label="Session ID" mono>
          <Name text={awsSessionId} />
        </Fact>
      )}
    </PageHead>
  )
}

function FoundFacts({ transcript: { place, bytes, sha256, fetchedAt } }: { transcript: Found }) {
  return (
    <>
      <Fact label="Transcript">
        {formatBytes(bytes)} in <Name text={place.kind === 'bucket' ? `s3://${place.name}` : place.name} />
      </Fact>
      <Fact label="SHA-256 when read" mono>
        <span className={styles.digest} title={`${sha256}, read ${formatMoment(fetchedAt, Date.now())}`}>
          {sha256.slice(0, 16)}…
          <CopyButton text={sha256} label="Copy SHA-256" />
        </span>
      </Fact>
    </>
  )
}

function Text({
  transcript: { text, cut },
  place,
}: {
  transcript: Found
  place: TranscriptPlace | undefined
}) {
  const lines = useMemo(() => text.split('\n'), [text])
  const search = useLineSearch(lines, place)
  return (
    <section className={styles.body} aria-label="Transcript">
      <div className={styles.tools}>
        <LineSearch search={search} />
        <span className={styles.note}>
          Text without times: it cannot be replayed. Whoever was root in the container could change it.
          {cut && ' Only its beginning is shown.'}
        </span>
        <CopyButton text={text} label="Copy transcript" />
      </div>
      <TextLines lines={lines} search={search} />
    </section>
  )
}

function Missing({
  transcript: { message, causes, later },
  again,
}: {
  transcript: Extract<Transcript, { state: 'missing' }>
  again: () => void
}) {
  return (
    <div className={styles.missing}>
      <EmptyState icon={FileIcon} title={later ? 'No transcript yet' : 'No transcript'}>
        {displayText(message)}
      </EmptyState>
      {causes.length > 0 && (
        <ul className={styles.causes}>
          {causes.map((cause) => (
            <li key={cause}>{cause}</li>
          ))}
        </ul>
      )}
      <Button onClick={again}>
        <RefreshIcon size={14} stroke={1.75} aria-hidden />
        Look again
      </Button>
    </div>
  )
}

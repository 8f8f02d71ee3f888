import type { SearchGroup, TranscriptHit } from '../../../contract/search.ts'
import { groupedAccountId } from '../../ui/account-id.ts'
import { displayText } from '../../ui/display-text.ts'
import { EnvironmentSquare } from '../../ui/environment.tsx'
import { RefusedIcon, ShellIcon } from '../../ui/icons.ts'
import { Moment } from '../../ui/moment.tsx'
import { Name } from '../../ui/name.tsx'
import { formatDuration } from '../../ui/time.ts'
import { refusalWords } from '../task/refusal-words.ts'
import { SourceBadge } from '../task/source-badge.tsx'
import styles from './audit.module.css'
import { Hit } from './hit.tsx'

type Other = Exclude<SearchGroup, { kind: 'session' }>

/** An attempt that came to nothing, or a shell that only AWS or a file tells of: there is no recording to open here. */
export function OtherGroup({
  group,
  now,
  onOpen,
}: {
  group: Other
  now: number
  /** Of what was found in AWS's transcript, that place. */
  onOpen: (hit?: TranscriptHit) => void
}) {
  const { userName, at, command, refusal, isRefused, lasted } = factsOf(group)
  const container = group.kind === 'refused' ? group.refusal.container : group.container
  const Icon = isRefused ? RefusedIcon : ShellIcon
  const leads = container !== undefined || (group.kind === 'cloud' && group.taskArn !== undefined)
  return (
    <section className={styles.group}>
      <div className={styles.entry}>
        <button
          type="button"
          className={styles.head}
          disabled={!leads}
          title={leads ? undefined : 'Nothing says which cluster its task was in'}
          onClick={() => onOpen()}
        >
          {container === undefined ? (
            <Icon size={16} stroke={1.75} aria-hidden />
          ) : (
            <EnvironmentSquare environment={container.environment} />
          )}
          <b>
            <Place group={group} />
          </b>
          <Name text={userName} />
          <Moment at={at} now={now} />
          {isRefused ? <span className={styles.failed}>refused</span> : <span>{lasted}</span>}
        </button>
        {group.kind === 'refused' ? (
          <SourceBadge source={group.source} />
        ) : (
          <SourceBadge event={group.event} />
        )}
      </div>
      {command !== undefined && (
        <p className={styles.what}>
          <Icon size={12} stroke={1.75} aria-hidden />
          <code>{displayText(command)}</code>
        </p>
      )}
      {group.kind === 'cloud' && group.event.kind === 'direct' && (
        <p className={styles.note}>
          <span className={styles.doubtful}>Went around ECS with ssm:StartSession.</span>
        </p>
      )}
      {group.kind === 'cloud' && <InTranscript transcript={group.transcript} onOpen={onOpen} />}
      {refusal !== undefined && (
        <p className={styles.note} title={refusal.whole}>
          {refusal.short}
        </p>
      )}
    </section>
  )
}

function InTranscript({
  transcript: { hits, hitCount } = { hits: [], hitCount: 0 },
  onOpen,
}: {
  transcript: Extract<Other, { kind: 'cloud' }>['transcript']
  onOpen: (hit: TranscriptHit) => void
}) {
  const [first] = hits
  if (first === undefined) return null
  return (
    <>
      <p className={styles.note}>From AWS's transcript, not verified by us. By line:</p>
      {hits.map((hit) => (
        <Hit
          key={`${hit.kind} ${hit.line}`}
          hit={hit.kind === 'command' ? { ...hit, confidence: 'likely' } : hit}
          place={String(hit.line + 1)}
          onOpen={() => onOpen(hit)}
        />
      ))}
      {hitCount > hits.length && (
        <button type="button" className={styles.rest} onClick={() => onOpen(first)}>
          {hitCount - hits.length} more in this transcript
        </button>
      )}
    </>
  )
}

function factsOf(group: Other) {
  if (group.kind === 'refused') {
    const { userName, at, command, message } = group.refusal
    const words = displayText(message)
    const told = { short: words, whole: words }
    return { userName, at, command, refusal: told, isRefused: true, lasted: undefined }
  }
  const { userName, at, command, refusal, endedAt } = group.event
  return {
    userName,
    at,
    command,
    refusal: refusal && refusalWords(group.event, refusal),
    isRefused: refusal !== undefined,
    lasted: endedAt === undefined ? undefined : formatDuration(endedAt - at),
  }
}

/** As a session's where the task is known from one of ours; else as AWS names it. */
function Place({ group }: { group: Other }) {
  const container = group.kind === 'refused' ? group.refusal.container : group.container
  if (container !== undefined)
    return (
      <>
        <Name text={container.serviceName ?? container.clusterName} /> /{' '}
        <Name text={container.containerName} />
      </>
    )
  if (group.kind === 'refused') return null
  const { clusterName, containerName, taskId, accountId } = group.event
  return (
    <>
      <Name text={clusterName ?? groupedAccountId(accountId)} /> /{' '}
      <Name text={containerName ?? taskId.slice(0, 8)} />
    </>
  )
}

import '@xterm/xterm/css/xterm.css'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { AuditSession } from '../../../contract/audit.ts'
import { queries } from '../../app/core/queries.ts'
import type { ReplayDocument } from '../../app/documents/document.ts'
import { useDocuments, useServices } from '../../app/services.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Callout, ErrorCallout } from '../../ui/callout.tsx'
import { classNames } from '../../ui/class-names.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { AuditIcon, MaximiseIcon, RestoreIcon } from '../../ui/icons.ts'
import type { DocumentViewProps } from '../documents/document-views.ts'
import { useTerminalPlace } from '../terminal/use-terminal-place.ts'
import { CommandList } from './command-list.tsx'
import { PlayerBar } from './player-bar.tsx'
import styles from './replay.module.css'
import type { Replay } from './replay.ts'
import { replayAttribute, useReplayCommands } from './replay-commands.ts'
import { ReplayHead } from './replay-head.tsx'
import { replaysOf } from './replay-registry.ts'
import { SearchBar } from './search-bar.tsx'
import { useReplay } from './use-replay.ts'

export default function ReplayView({ document }: DocumentViewProps<'replay'>) {
  const services = useServices()
  const replay = replaysOf(services).get(document)
  const session = useAuditSession(document)
  const inFront = useDocuments(({ activeId }) => activeId === document.id)
  const [full, setFull] = useState(false)
  useReplayCommands()

  useEffect(() => () => replay.leave(), [replay])

  return (
    <div className={styles.view} tabIndex={-1} {...{ [replayAttribute]: '' }}>
      {!full && <ReplayHead document={document} session={session} replay={replay} />}
      {session?.hasRecording === false ? (
        <EmptyState icon={AuditIcon} title="Nothing was recorded">
          The recording of this session could not be kept. That the session took place is in the audit
          history.
        </EmptyState>
      ) : (
        <div className={classNames(styles.body, full && styles.alone)}>
          {!full && <CommandList replay={replay} />}
          <section className={styles.replay} aria-label="Replay">
            <div className={styles.tools}>
              <SearchBar replay={replay} taskId={document.container.taskId} inFront={inFront} />
              <ScreenTools replay={replay} full={full} onFull={setFull} />
            </div>
            <Progress replay={replay} session={session} />
            <Problems replay={replay} />
            <Screen replay={replay} />
            <PlayerBar replay={replay} />
          </section>
        </div>
      )}
    </div>
  )
}

/** The session's entry in the audit, read again whenever something is added to its task's history. */
function useAuditSession({ sessionId, container }: ReplayDocument): AuditSession | undefined {
  const { core } = useServices()
  const queryClient = useQueryClient()
  const query = queries.auditSession(core, sessionId)
  const [queryKey] = useState(query.queryKey)
  useEffect(() => {
    const changes = core.on('audit.changed', ({ taskArn }) => {
      if (taskArn === container.taskArn) void queryClient.invalidateQueries({ queryKey })
    })
    return () => changes[Symbol.dispose]()
  }, [core, container.taskArn, queryClient, queryKey])
  return useQuery(query).data
}

function ScreenTools({
  replay,
  full,
  onFull,
}: {
  replay: Replay
  full: boolean
  onFull: (full: boolean) => void
}) {
  const cols = useReplay(replay, ({ size }) => size?.cols)
  const rows = useReplay(replay, ({ size }) => size?.rows)
  return (
    <div className={styles.screenTools}>
      {cols !== undefined && (
        <span className={styles.size} title="Columns and rows of the recorded terminal">
          {cols} by {rows}
        </span>
      )}
      <CopyButton label="Copy screen" text={() => replay.terminal.screenText()} />
      <IconButton label={full ? 'Show details' : 'Hide details'} pressed={full} onClick={() => onFull(!full)}>
        {full ? (
          <RestoreIcon size={14} stroke={1.75} aria-hidden />
        ) : (
          <MaximiseIcon size={14} stroke={1.75} aria-hidden />
        )}
      </IconButton>
    </div>
  )
}

/** The place of the screen on the page; the terminal itself belongs to the replay. */
function Screen({ replay }: { replay: Replay }) {
  const place = useTerminalPlace(replay.terminal)
  const catchingUp = useReplay(replay, (state) => state.catchingUp !== undefined)
  return (
    <div className={styles.screen}>
      <div className={classNames(styles.paper, catchingUp && styles.away)} ref={place} />
    </div>
  )
}

/** A line below the tools while the recording is read, or the screen is on a long way. */
function Progress({ replay, session }: { replay: Replay; session: AuditSession | undefined }) {
  const loading = useReplay(replay, ({ reading }) => reading.status === 'loading')
  const read = useReplay(replay, ({ outputLength }) => outputLength)
  const catchingUp = useReplay(replay, (state) => state.catchingUp)
  const expected = session?.outputBytes ?? 0
  const fraction = catchingUp ?? (loading && expected > 0 ? Math.min(1, read / expected) : undefined)
  const label = catchingUp === undefined ? 'Reading the recording' : 'Going there'
  return (
    <div className={styles.progress}>
      {fraction !== undefined && (
        <div
          role="progressbar"
          aria-label={label}
          aria-valuenow={Math.round(fraction * 100)}
          style={{ width: `${fraction * 100}%` }}
        />
      )}
    </div>
  )
}

function Problems({ replay }: { replay: Replay }) {
  const reading = useReplay(replay, (state) => state.reading)
  const unreadable = useReplay(replay, (state) => state.unreadableLines)
  if (reading.status !== 'failed' && unreadable === 0) return null
  return (
    <div className={styles.problems}>
      {reading.status === 'failed' && (
        <ErrorCallout
          error={reading.error}
          action={reading.error.retryable && <Button onClick={() => replay.retry()}>Try again</Button>}
        />
      )}
      {unreadable > 0 && (
        <Callout
          tone="warn"
          title={
            unreadable === 1
              ? '1 line of this recording cannot be read'
              : `${unreadable} lines of this recording cannot be read`
          }
        >
          What stood there is missing from the replay.
        </Callout>
      )}
    </div>
  )
}

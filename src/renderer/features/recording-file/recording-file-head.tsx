import { useRunCommand } from '../../app/commands/use-commands.ts'
import type { RecordingFileDocument } from '../../app/documents/document.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { formatBytes } from '../../ui/bytes.ts'
import { CommandFact } from '../../ui/command-fact.tsx'
import { RecordingFileIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import { Crumbs, Fact, PageHead } from '../../ui/page.tsx'
import { formatDuration, formatMoment } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import type { CastFacts } from '../replay/asciicast-header.ts'
import type { Replay } from '../replay/replay.ts'
import { useReplay } from '../replay/use-replay.ts'
import styles from './recording-file.module.css'

/** What is played and what it is worth: all that stands here but the name and size is the file's own word. */
export function RecordingFileHead({
  document,
  size,
  replay,
}: {
  document: RecordingFileDocument
  /** Of the file, in bytes. */
  size: number
  replay: Replay
}) {
  const run = useRunCommand()
  const header = useReplay(replay, (state) => state.header)
  return (
    <PageHead
      crumbs={<Crumbs crumbs={[{ text: 'Recording from a file' }]} />}
      title={
        <>
          <h1>
            <Name text={document.name} />
          </h1>
          <Badge tone="warn">Unverified</Badge>
          <span className={styles.origin}>
            From outside, no part of the audit record. Nothing says who made it or whether it was changed.
          </span>
        </>
      }
      actions={
        <Button onClick={() => run('recordingFile.open')}>
          <RecordingFileIcon size={14} stroke={1.75} aria-hidden />
          Open another…
        </Button>
      }
    >
      <Fact label="File">
        {formatBytes(size)}
        {header !== undefined && `, asciicast v${header.version}`}
      </Fact>
      {header !== undefined && (
        <>
          <Fact label="Screen">
            {header.size.cols} by {header.size.rows}
          </Fact>
          <Length replay={replay} />
          <ItsFacts facts={header.facts} />
        </>
      )}
    </PageHead>
  )
}

function ItsFacts({ facts: { title, command, startedAt, shell, terminalType } }: { facts: CastFacts }) {
  const now = useNow('minute')
  return (
    <>
      {title !== undefined && (
        <Fact label="Title">
          <Name text={title} />
        </Fact>
      )}
      {startedAt !== undefined && <Fact label="Recorded">{formatMoment(startedAt, now)}</Fact>}
      {command !== undefined && <CommandFact command={command} />}
      {shell !== undefined && (
        <Fact label="Shell" mono>
          <Name text={shell} />
        </Fact>
      )}
      {terminalType !== undefined && (
        <Fact label="TERM" mono>
          <Name text={terminalType} />
        </Fact>
      )}
    </>
  )
}

function Length({ replay }: { replay: Replay }) {
  const duration = useReplay(replay, (state) => Math.floor(state.duration / 1000) * 1000)
  return <Fact label="Duration">{formatDuration(duration)}</Fact>
}

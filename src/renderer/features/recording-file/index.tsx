import { useEffect, useState } from 'react'
import type { RecordingFileDocument } from '../../app/documents/document.ts'
import { useDocuments, useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { AlertIcon, RecordingFileIcon } from '../../ui/icons.ts'
import type { DocumentViewProps } from '../documents/document-views.ts'
import { CommandList } from '../replay/command-list.tsx'
import replayStyles from '../replay/replay.module.css'
import type { Replay } from '../replay/replay.ts'
import { replayAttribute, useReplayCommands } from '../replay/replay-commands.ts'
import { replaysOf } from '../replay/replay-registry.ts'
import { ReplayStage } from '../replay/replay-stage.tsx'
import { useReplay } from '../replay/use-replay.ts'
import { fileOf, openChosenAgain } from './open-recording-files.ts'
import { RecordingFileHead } from './recording-file-head.tsx'

/** A recording that somebody opened from a file. */
export default function RecordingFileView({ document }: DocumentViewProps<'recording-file'>) {
  const services = useServices()
  const open = fileOf(services, document)
  useReplayCommands()
  if (open === undefined) return <FileGone document={document} />
  const replay = replaysOf(services).getFrom(document.id, open.source)
  return <Film document={document} size={open.file.size} replay={replay} />
}

function Film({ document, size, replay }: { document: RecordingFileDocument; size: number; replay: Replay }) {
  const [full, setFull] = useState(false)
  const inFront = useDocuments(({ activeId }) => activeId === document.id)
  const refused = useReplay(replay, ({ reading, header }) =>
    reading.status === 'failed' && header === undefined ? reading.error : undefined,
  )
  const isEmpty = useReplay(
    replay,
    ({ reading, duration, outputLength, unreadableLines }) =>
      reading.status === 'complete' && duration + outputLength + unreadableLines === 0,
  )
  const hasCommands = useReplay(replay, ({ commands }) => commands.length > 0)
  useEffect(() => () => replay.leave(), [replay])
  const listed = hasCommands && !full

  return (
    <div className={replayStyles.view} tabIndex={-1} {...{ [replayAttribute]: '' }}>
      {!full && <RecordingFileHead document={document} size={size} replay={replay} />}
      {refused !== undefined ? (
        <EmptyState icon={AlertIcon} title={displayText(refused.message)}>
          {refused.action !== undefined && displayText(refused.action)}
          {refused.detail !== undefined && <bdi>{displayText(refused.detail)}</bdi>}
        </EmptyState>
      ) : isEmpty ? (
        <EmptyState icon={RecordingFileIcon} title="Nothing was recorded">
          The file has a header and nothing after it.
        </EmptyState>
      ) : (
        <div className={classNames(replayStyles.body, !listed && replayStyles.alone)}>
          {listed && <CommandList replay={replay} />}
          <ReplayStage
            replay={replay}
            taskId={undefined}
            expectedOutput={undefined}
            inFront={inFront}
            full={full}
            onFull={setFull}
          />
        </div>
      )}
    </div>
  )
}

/** After a reload the tab is there and its file is not: a page may not keep one. */
function FileGone({ document }: { document: RecordingFileDocument }) {
  const services = useServices()
  return (
    <EmptyState
      icon={RecordingFileIcon}
      title={`${displayText(document.name)} has to be opened again`}
      action={<Button onClick={() => void openChosenAgain(services, document)}>Open it again…</Button>}
    >
      The window was loaded anew, and it keeps no file that was opened in it.
    </EmptyState>
  )
}

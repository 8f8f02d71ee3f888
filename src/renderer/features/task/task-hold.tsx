import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { HistoryLine } from '../../../contract/audit.ts'
import { useRunCommand } from '../../app/commands/use-commands.ts'
import { queries } from '../../app/core/queries.ts'
import type { TaskRef } from '../../app/documents/document.ts'
import { useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import styles from './aside.module.css'

/** The hold on all recordings of the task, those of later sessions too. */
export function TaskHold({ task, lines }: { task: TaskRef; lines: readonly HistoryLine[] }) {
  const run = useRunCommand()
  const held = useTaskHold(lines)
  if (held === undefined) return null
  return (
    <>
      {held && 'On hold'}
      <Button
        size="small"
        className={styles.hold}
        title={
          held
            ? 'Recordings of this task go when they are due'
            : 'Keeps all recordings of this task, whatever their age and the room they take'
        }
        onClick={() => run(held ? 'audit.release' : 'audit.hold', { kind: 'task', task })}
      >
        {held ? 'Release' : 'Hold'}
      </Button>
    </>
  )
}

/** As any session of the task knows it; asked again after every hold that is noted. */
function useTaskHold(lines: readonly HistoryLine[]): boolean | undefined {
  const { core } = useServices()
  const sessionId = lines.find((line) => line.kind === 'session')?.sessionId ?? ''
  const lastHold = lines.find((line) => line.kind === 'activity' && line.activity.startsWith('hold.'))?.seq
  return useQuery({
    ...queries.taskHold(core, sessionId, lastHold),
    enabled: sessionId !== '',
    placeholderData: keepPreviousData,
  }).data
}

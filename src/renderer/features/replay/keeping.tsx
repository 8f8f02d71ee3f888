import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { AuditSession } from '../../../contract/audit.ts'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { HoldTarget } from '../../../contract/retention.ts'
import { queries } from '../../app/core/queries.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { LockIcon } from '../../ui/icons.ts'
import { Fact } from '../../ui/page.tsx'
import { formatMoment } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { holdsOf, keptWords } from './kept-words.ts'
import styles from './replay.module.css'

/** How long the recording stays, and the holds that keep it beyond. */
export function Keeping({ session }: { session: AuditSession }) {
  const { core } = useServices()
  const queryClient = useQueryClient()
  const retention = useServiceStore('settings', ({ settings }) => settings.retention)
  const now = useNow('minute')
  const [problem, setProblem] = useState<ErrorValue>()
  const { sessionId, container, recordingShreddedAt, hasRecording } = session

  if (recordingShreddedAt !== undefined)
    return <Fact label="Recording destroyed">{formatMoment(recordingShreddedAt, now)}</Fact>
  if (!hasRecording) return null
  const turn = async (target: HoldTarget, held: boolean) => {
    const result = await core.call('audit.hold', { target, held })
    setProblem(result.ok ? undefined : result.error)
    await queryClient.invalidateQueries({ queryKey: queries.auditSession(core, sessionId).queryKey })
  }
  const hold = holdsOf(session)
  const byRoom = retention.megabytes !== undefined && hold === undefined
  return (
    <Fact label="Kept">
      <span className={styles.kept}>
        {hold !== undefined && <LockIcon size={13} stroke={1.75} aria-hidden />}
        <span title={byRoom ? 'When all recordings take more than that, the oldest go first' : undefined}>
          {keptWords(session, retention, now)}
        </span>
        {hold !== 'task' && (
          <Button
            variant="ghost"
            size="small"
            title={ownHoldTitle(hold)}
            onClick={() => void turn({ sessionId }, hold === undefined)}
          >
            {hold === undefined ? 'Hold' : 'Release'}
          </Button>
        )}
        {(hold === 'task' || hold === 'both') && (
          <Button
            variant="ghost"
            size="small"
            title="Every recording of this task goes when it is due, but for those that are held themselves"
            onClick={() => void turn({ taskArn: container.taskArn }, false)}
          >
            Release task
          </Button>
        )}
      </span>
      {problem !== undefined && (
        <span role="alert" className={styles.holdProblem}>
          {displayText([problem.message, problem.action].filter(Boolean).join(' '))}
        </span>
      )}
    </Fact>
  )
}

function ownHoldTitle(hold: ReturnType<typeof holdsOf>): string {
  if (hold === undefined) return 'Keeps it, whatever its age and the room it takes'
  return hold === 'both' ? 'It stays held with its task' : 'It goes when it is due'
}

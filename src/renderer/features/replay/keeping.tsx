import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { AuditSession } from '../../../contract/audit.ts'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { HoldTarget, RetentionSettings } from '../../../contract/retention.ts'
import { queries } from '../../app/core/queries.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes } from '../../ui/bytes.ts'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { LockIcon } from '../../ui/icons.ts'
import { Fact } from '../../ui/page.tsx'
import { exactMoment, formatMoment } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { dayMilliseconds, holdsOf, keptWords } from './kept-words.ts'
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
  if (!hasRecording) return <Fact label="Recording">None</Fact>
  const turn = async (target: HoldTarget, held: boolean) => {
    const result = await core.call('audit.hold', { target, held })
    setProblem(result.ok ? undefined : result.error)
    await queryClient.invalidateQueries({ queryKey: queries.auditSession(core, sessionId).queryKey })
  }
  const hold = holdsOf(session)
  const words = keptWords(session, retention, now)
  return (
    <Fact label="Recording">
      <span className={styles.kept}>
        <span title="Bytes that the shell put out">{formatBytes(session.outputBytes)}</span>
        {hold !== undefined && <LockIcon size={13} stroke={1.75} aria-hidden />}
        <span
          className={classNames(hold === undefined && styles.quiet)}
          title={keptTitle(session, retention)}
        >
          {hold === undefined ? `kept ${lowered(words)}` : lowered(words)}
        </span>
        {hold !== 'task' && (
          <Button
            size="small"
            title={ownHoldTitle(hold)}
            onClick={() => void turn({ sessionId }, hold === undefined)}
          >
            {hold === undefined ? 'Hold' : 'Release'}
          </Button>
        )}
        {(hold === 'task' || hold === 'both') && (
          <Button
            size="small"
            title="Every recording of this task goes when it is due, but for those that are held themselves"
            onClick={() => void turn({ taskArn: container.taskArn, scope: container.scope }, false)}
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

function keptTitle(session: AuditSession, { days, megabytes }: RetentionSettings): string | undefined {
  if (holdsOf(session) !== undefined) return undefined
  const { endedAt } = session
  const room = megabytes === undefined ? undefined : 'When all recordings take more, the oldest go first'
  const due =
    days === undefined || endedAt === undefined ? undefined : exactMoment(endedAt + days * dayMilliseconds)
  return [due, room].filter(Boolean).join('. ') || undefined
}

function lowered(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1)
}

function ownHoldTitle(hold: ReturnType<typeof holdsOf>): string {
  if (hold === undefined) return 'Keeps it, whatever its age and the room it takes'
  return hold === 'both' ? 'It stays held with its task' : 'It goes when it is due'
}

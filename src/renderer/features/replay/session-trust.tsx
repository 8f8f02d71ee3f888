import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { AuditSession } from '../../../contract/audit.ts'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { IntegrityState } from '../../../contract/integrity.ts'
import { queries } from '../../app/core/queries.ts'
import { taskRefOf } from '../../app/documents/document.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { AlertIcon, LockIcon, VerifiedIcon } from '../../ui/icons.ts'
import { Fact } from '../../ui/page.tsx'
import { formatMoment } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { useIntegrity } from '../integrity/use-integrity.ts'
import { SourceBadge } from '../task/source-badge.tsx'
import { useCloudHistory } from '../task/use-cloud-history.ts'
import styles from './replay.module.css'

/** Which records know of the session, and whether ours is as it was written. */
export function SessionBadges({ session }: { session: AuditSession }) {
  const { cloud } = useCloudHistory(taskRefOf(session.container), session.endedAt ?? 0)
  const { state } = useIntegrity()
  const verdict = verdictOn(session, state)
  return (
    <>
      <SourceBadge source={cloud?.sources[session.sessionId]} />
      {verdict !== undefined && (
        <Badge tone={verdict.problem === undefined ? 'ok' : 'danger'}>
          <span className={styles.verdict} title={displayText(verdict.words)}>
            {verdict.problem === undefined ? (
              <VerifiedIcon size={12} stroke={2} aria-hidden />
            ) : (
              <AlertIcon size={12} stroke={2} aria-hidden />
            )}
            {verdict.problem === undefined ? 'Verified' : 'Changed since'}
          </span>
        </Badge>
      )}
    </>
  )
}

export interface Verdict {
  problem: string | undefined
  words: string
}

/**
 * What the latest check of the record says of this session's recording. Nothing
 * when it had not ended by then, or when there is no recording to speak of.
 */
export function verdictOn(
  { sessionId, endedAt, hasRecording }: Pick<AuditSession, 'sessionId' | 'endedAt' | 'hasRecording'>,
  state: IntegrityState | undefined,
): Verdict | undefined {
  const report = state?.report
  if (report === undefined || endedAt === undefined || endedAt > report.at) return undefined
  const finding = report.findings.find((each) => each.sessionId === sessionId)
  if (finding !== undefined) return { problem: finding.message, words: finding.message }
  if (!hasRecording) return undefined
  // What is wrong with the ledger itself takes the digests away that the recording was held against.
  if (report.findings.some((each) => each.sessionId === undefined)) return undefined
  // Beyond those that are listed, one may be about this session.
  if (report.findings.length < report.findingCount) return undefined
  return {
    problem: undefined,
    words: 'Its recording is as it was written, by the latest check of the record',
  }
}

/** How long the recording stays, and the hold that keeps it beyond. */
export function Keeping({ session }: { session: AuditSession }) {
  const { core } = useServices()
  const queryClient = useQueryClient()
  const days = useServiceStore('settings', ({ settings }) => settings.retention.days)
  const now = useNow('minute')
  const [problem, setProblem] = useState<ErrorValue>()
  const { sessionId, held = false, recordingShreddedAt, hasRecording, live } = session

  if (recordingShreddedAt !== undefined)
    return <Fact label="Recording destroyed">{formatMoment(recordingShreddedAt, now)}</Fact>
  if (!hasRecording) return null
  const turn = async () => {
    const result = await core.call('audit.hold', { target: { sessionId }, held: !held })
    setProblem(result.ok ? undefined : result.error)
    await queryClient.invalidateQueries({ queryKey: queries.auditSession(core, sessionId).queryKey })
  }
  return (
    <Fact label="Kept">
      <span className={styles.kept}>
        {held && <LockIcon size={13} stroke={1.75} aria-hidden />}
        <span title={problem && displayText(problem.message)} className={problem && styles.failed}>
          {keptWords({ held, live, endedAt: session.endedAt, days }, now)}
        </span>
        <Button
          variant="ghost"
          size="small"
          title={held ? 'It goes when it is due' : 'Keeps it, whatever its age'}
          onClick={() => void turn()}
        >
          {held ? 'Release' : 'Hold'}
        </Button>
      </span>
    </Fact>
  )
}

const dayMilliseconds = 86_400_000

/** "until 23 Feb", "on hold", "for ever". */
export function keptWords(
  {
    held,
    live,
    endedAt,
    days,
  }: { held: boolean; live: boolean; endedAt: number | undefined; days: number | undefined },
  now: number,
): string {
  if (held) return 'On hold'
  if (days === undefined) return 'For ever'
  if (live || endedAt === undefined) return `${days} days from its end`
  return `Until ${formatMoment(endedAt + days * dayMilliseconds, now)}`
}

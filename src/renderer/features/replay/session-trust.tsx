import type { AuditSession } from '../../../contract/audit.ts'
import type { IntegrityState } from '../../../contract/integrity.ts'
import { taskRefOf } from '../../app/documents/document.ts'
import { Badge } from '../../ui/badge.tsx'
import { displayText } from '../../ui/display-text.ts'
import { AlertIcon, VerifiedIcon } from '../../ui/icons.ts'
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

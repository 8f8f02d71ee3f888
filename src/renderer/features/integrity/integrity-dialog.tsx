import { integrityProves, integrityProvesNot } from '../../../contract/integrity.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { RefreshIcon } from '../../ui/icons.ts'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import { Name } from '../../ui/name.tsx'
import styles from './integrity.module.css'
import { IntegrityFindings } from './integrity-findings.tsx'
import { IntegrityProgressBar } from './integrity-progress.tsx'
import { IntegrityStatus } from './integrity-status.tsx'
import { reportFacts } from './integrity-words.ts'
import { useIntegrity } from './use-integrity.ts'

/** Checks the whole record, and says what the result is worth. */
export default function IntegrityDialog({ onClose }: { onClose: () => void }) {
  const { state, problem, isChecking, check } = useIntegrity({ checkAtOnce: true })
  const report = state?.report
  return (
    <Modal onClose={onClose} width={600}>
      <ModalBody>
        <ModalTitle>Check the audit record</ModalTitle>
        <div className={styles.body}>
          {isChecking ? (
            <IntegrityProgressBar progress={state?.progress} />
          ) : (
            <IntegrityStatus report={report} problems={state?.problems ?? []} />
          )}
          {problem !== undefined && <ErrorCallout error={problem} />}
          {!isChecking && state?.problems.map((found) => <ErrorCallout key={found.detail} error={found} />)}
          {!isChecking && report !== undefined && (
            <>
              <IntegrityFindings report={report} />
              <dl className={styles.facts}>
                {reportFacts(report, state?.keyStore ?? 'file').map(({ label, value }) => (
                  <div key={label}>
                    <dt>{label}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
              {report.keyFingerprint !== undefined && (
                <p className={styles.quiet}>
                  Signed with key <Name className={styles.place} text={report.keyFingerprint} />
                </p>
              )}
            </>
          )}
          <dl className={styles.worth}>
            <dt>Proves</dt>
            <dd>{integrityProves}</dd>
            <dt>Does not prove</dt>
            <dd>{integrityProvesNot}</dd>
          </dl>
        </div>
      </ModalBody>
      <ModalFoot
        start={
          <Button busy={isChecking} onClick={check}>
            <RefreshIcon size={14} stroke={1.75} aria-hidden />
            Check again
          </Button>
        }
      >
        <Button variant="primary" onClick={onClose}>
          Close
        </Button>
      </ModalFoot>
    </Modal>
  )
}

import { Button } from '../../ui/button.tsx'
import { Spinner } from '../../ui/glyphs.tsx'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import styles from './diagnostics.module.css'
import { CopyReportButton, LookAgainButton } from './diagnostics-actions.tsx'
import { DiagnosticsReport } from './diagnostics-report.tsx'
import { useDiagnostics } from './use-diagnostics.ts'

/** The same report before anybody is signed in, when there are no tabs yet: sign-in itself may be what fails. */
export default function DiagnosticsDialog({ onClose }: { onClose: () => void }) {
  const { data: report, isFetching, refetch } = useDiagnostics()
  return (
    <Modal onClose={onClose} width={820}>
      <ModalBody>
        <ModalTitle>Diagnostics</ModalTitle>
        <div className={styles.inDialog}>
          {report === undefined ? <Spinner size={16} /> : <DiagnosticsReport report={report} />}
        </div>
      </ModalBody>
      <ModalFoot start={<LookAgainButton busy={isFetching} onClick={() => void refetch()} />}>
        <Button onClick={onClose}>Close</Button>
        <CopyReportButton report={report} />
      </ModalFoot>
    </Modal>
  )
}

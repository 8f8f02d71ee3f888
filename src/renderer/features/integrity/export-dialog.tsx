import { type FormEvent, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { ExportResult, ExportSelection } from '../../../contract/export.ts'
import { useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { ExportIcon } from '../../ui/icons.ts'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import { type ExportChoice, ExportChoices } from './export-choices.tsx'
import { ExportDone } from './export-done.tsx'
import styles from './integrity.module.css'
import { IntegrityProgressBar } from './integrity-progress.tsx'
import { startDownload } from './start-download.ts'
import { useIntegrity } from './use-integrity.ts'

/** Part of the history for somebody who has no Porthole, with what is needed to check it. */
export default function ExportDialog({
  selection,
  onClose,
}: {
  /** What the export is of when it was opened from there: a task or a session. */
  selection: ExportSelection | undefined
  onClose: () => void
}) {
  const { core } = useServices()
  const [choice, setChoice] = useState<ExportChoice>({
    days: undefined,
    redacted: false,
    text: true,
    asciicastV2: false,
  })
  // An export begins with a check of the whole record, which is what takes time.
  const { state } = useIntegrity()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ErrorValue>()
  const [done, setDone] = useState<ExportResult>()

  const make = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    const { days, ...forms } = choice
    const result = await core.call('audit.export', {
      ...forms,
      selection: selection ?? recent(days, Date.now()),
    })
    setBusy(false)
    if (!result.ok) return setProblem(result.error)
    setDone(result.value)
    if (result.value.downloadPath !== undefined) startDownload(result.value.downloadPath)
  }

  return (
    <Modal onClose={onClose} width={520}>
      <form onSubmit={(event) => void make(event)}>
        <ModalBody>
          <ModalTitle>Export audit history</ModalTitle>
          <div className={styles.body}>
            {done === undefined ? (
              <ExportChoices choice={choice} selection={selection} onChange={setChoice} />
            ) : (
              <ExportDone result={done} />
            )}
            {busy && <IntegrityProgressBar progress={state?.progress} />}
            {problem !== undefined && <ErrorCallout error={problem} />}
          </div>
        </ModalBody>
        <ModalFoot>
          <Button onClick={onClose}>{done === undefined ? 'Cancel' : 'Close'}</Button>
          {done === undefined && (
            <Button type="submit" variant="primary" busy={busy}>
              <ExportIcon size={14} stroke={1.75} aria-hidden />
              Check and export
            </Button>
          )}
        </ModalFoot>
      </form>
    </Modal>
  )
}

const dayMilliseconds = 24 * 60 * 60_000

function recent(days: number | undefined, now: number): ExportSelection {
  return days === undefined ? { kind: 'all' } : { kind: 'range', from: now - days * dayMilliseconds, to: now }
}

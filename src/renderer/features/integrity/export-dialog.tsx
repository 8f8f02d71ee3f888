import { type FormEvent, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { ExportSelection, WindowExport } from '../../../contract/export.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { Callout, ErrorCallout } from '../../ui/callout.tsx'
import { ExportIcon } from '../../ui/icons.ts'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import { ExportChoices, usualChoice, wishOf } from './export-choices.tsx'
import { ExportDone } from './export-done.tsx'
import { ExportRunning } from './export-running.tsx'
import styles from './integrity.module.css'
import { showExport } from './show-export.ts'

/**
 * Part of the history for somebody who has no Porthole, with what is needed to
 * check it. An export goes on when the dialog is closed; the status bar leads back.
 */
export default function ExportDialog({
  selection,
  onClose,
}: {
  /** What the export is of when it was opened from there: a task or a session. */
  selection: ExportSelection | undefined
  onClose: () => void
}) {
  const { exports } = useServices()
  const [id, setId] = useState(() => runningId(exports.getState().latest))
  const shown = useServiceStore('exports', ({ latest }) => (latest?.id === id ? latest : undefined))
  return (
    <Modal onClose={onClose} width={520}>
      {shown === undefined || shown.outcome.state === 'cancelled' || shown.outcome.state === 'failed' ? (
        <Choosing selection={selection} before={shown} onStarted={setId} onClose={onClose} />
      ) : (
        <Following shown={shown} onClose={onClose} />
      )}
    </Modal>
  )
}

function runningId(latest: WindowExport | undefined): string | undefined {
  return latest?.outcome.state === 'running' ? latest.id : undefined
}

function Choosing({
  selection,
  before,
  onStarted,
  onClose,
}: {
  selection: ExportSelection | undefined
  /** The one that came to nothing. */
  before: WindowExport | undefined
  onStarted: (id: string) => void
  onClose: () => void
}) {
  const { core, host, exports } = useServices()
  const [choice, setChoice] = useState(usualChoice)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ErrorValue>()

  const make = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    const result = await core.call('export.start', { wish: wishOf(choice, selection, Date.now()) })
    setBusy(false)
    if (!result.ok) return setProblem(result.error)
    const { started } = result.value
    if (started === undefined) return
    // Its first news may have been here before this answer.
    exports.setState(({ latest }) => ({ latest: latest?.id === started.id ? latest : started }))
    onStarted(started.id)
  }

  const failure = problem ?? (before?.outcome.state === 'failed' ? before.outcome.error : undefined)
  const verb = choice.as === 'archive' ? 'Check and export' : 'Export'
  return (
    <form onSubmit={(event) => void make(event)}>
      <ModalBody>
        <ModalTitle>Export audit history</ModalTitle>
        <div className={styles.body}>
          <ExportChoices choice={choice} selection={selection} onChange={setChoice} />
          {failure !== undefined && <ErrorCallout error={failure} />}
          {failure === undefined && before?.outcome.state === 'cancelled' && (
            <Callout tone="info" title="Cancelled">
              Nothing of the export is left.
            </Callout>
          )}
        </div>
      </ModalBody>
      <ModalFoot>
        <Button onClick={onClose}>Close</Button>
        <Button type="submit" variant="primary" busy={busy}>
          <ExportIcon size={14} stroke={1.75} aria-hidden />
          {host.abilities.downloads ? verb : `${verb}…`}
        </Button>
      </ModalFoot>
    </form>
  )
}

function Following({ shown, onClose }: { shown: WindowExport; onClose: () => void }) {
  const services = useServices()
  const { id, fileName, outcome } = shown
  const isRunning = outcome.state === 'running'
  return (
    <>
      <ModalBody>
        <ModalTitle>Export audit history</ModalTitle>
        <div className={styles.body}>
          {isRunning && <ExportRunning fileName={fileName} progress={outcome.progress} />}
          {outcome.state === 'done' && <ExportDone done={outcome} fileName={fileName} />}
        </div>
      </ModalBody>
      <ModalFoot
        start={
          isRunning && (
            <Button onClick={() => void services.core.call('export.cancel', { id })}>Cancel export</Button>
          )
        }
      >
        {outcome.state === 'done' && outcome.downloadPath === undefined && (
          <Button onClick={() => void showExport(services, id)}>Show in folder</Button>
        )}
        <Button variant="primary" onClick={onClose}>
          {isRunning ? 'Continue in background' : 'Close'}
        </Button>
      </ModalFoot>
    </>
  )
}

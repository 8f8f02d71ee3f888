import { type FormEvent, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { Field, TextInput } from '../../ui/field.tsx'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import { Name } from '../../ui/name.tsx'
import styles from './terminal.module.css'

/** Says what will be missing before it is. */
export default function PauseRecordingDialog({
  sessionId,
  onClose,
}: {
  sessionId: string
  onClose: () => void
}) {
  const { core } = useServices()
  const session = useServiceStore('sessions', ({ sessions }) => sessions[sessionId])
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ErrorValue>()
  if (session === undefined) return null

  const pause = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const result = await core.call('session.pauseRecording', { id: sessionId, reason })
    setBusy(false)
    if (result.ok) onClose()
    else setProblem(result.error)
  }

  return (
    <Modal onClose={onClose}>
      <form onSubmit={(event) => void pause(event)}>
        <ModalBody>
          <ModalTitle>
            Pause the recording of <Name text={session.container.containerName} />?
          </ModalTitle>
          <p className={styles.dialogText}>
            The shell goes on. Nothing that it shows is kept until you record again, and it cannot be found or
            replayed. The audit history notes the gap, with your name.
          </p>
          <Field label="Reason" hint="noted with the gap">
            <TextInput
              value={reason}
              maxLength={500}
              data-autofocus=""
              onChange={(event) => setReason(event.target.value)}
            />
          </Field>
          {problem !== undefined && <ErrorCallout error={problem} />}
        </ModalBody>
        <ModalFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy}>
            Pause recording
          </Button>
        </ModalFoot>
      </form>
    </Modal>
  )
}

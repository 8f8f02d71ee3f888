import { type FormEvent, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import { Name } from '../../ui/name.tsx'
import styles from './terminal.module.css'

/** Says what keep-alive defeats before it does. */
export default function KeepAliveDialog({ sessionId, onClose }: { sessionId: string; onClose: () => void }) {
  const { core } = useServices()
  const session = useServiceStore('sessions', ({ sessions }) => sessions[sessionId])
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ErrorValue>()
  if (session === undefined) return null

  const turn = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const result = await core.call('session.keepAlive', { id: sessionId, on: true })
    setBusy(false)
    if (result.ok) onClose()
    else setProblem(result.error)
  }

  return (
    <Modal onClose={onClose}>
      <form onSubmit={(event) => void turn(event)}>
        <ModalBody>
          <ModalTitle>
            Keep the shell in <Name text={session.container.containerName} /> alive?
          </ModalTitle>
          <p className={styles.dialogText}>
            AWS ends a shell after 20 min without input, so that nobody finds a forgotten one open. Keep-alive
            defeats that: the session stays open until you turn it off, close the tab or the task stops.
          </p>
          <p className={styles.dialogText}>
            Ask first where a rule demands the limit. The recording notes when it was on.
          </p>
          {problem !== undefined && <ErrorCallout error={problem} />}
        </ModalBody>
        <ModalFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy}>
            Keep alive
          </Button>
        </ModalFoot>
      </form>
    </Modal>
  )
}

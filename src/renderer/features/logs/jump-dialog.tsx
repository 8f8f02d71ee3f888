import { type FormEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Field, TextInput } from '../../ui/field.tsx'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'

/** Asks for a moment, in the person's own time zone. */
export function JumpDialog({ onJump, onClose }: { onJump: (at: number) => void; onClose: () => void }) {
  const [typed, setTyped] = useState(() => localText(Date.now()))
  const at = new Date(typed).getTime()
  const jump = (event: FormEvent) => {
    event.preventDefault()
    if (Number.isNaN(at)) return
    onClose()
    onJump(at)
  }
  return (
    <Modal onClose={onClose} width={340}>
      <form onSubmit={jump}>
        <ModalBody>
          <ModalTitle>Jump to a time</ModalTitle>
          <Field label="Date and time" hint="your own time zone">
            <TextInput
              type="datetime-local"
              step={1}
              value={typed}
              data-autofocus
              onChange={(event) => setTyped(event.target.value)}
            />
          </Field>
        </ModalBody>
        <ModalFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={Number.isNaN(at)}>
            Jump
          </Button>
        </ModalFoot>
      </form>
    </Modal>
  )
}

/** As the field wants it: `2026-11-25T14:31:05`, without a time zone. */
function localText(at: number): string {
  const offset = new Date(at).getTimezoneOffset() * 60_000
  return new Date(at - offset).toISOString().slice(0, 19)
}

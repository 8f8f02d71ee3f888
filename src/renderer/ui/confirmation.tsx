import { type FormEvent, type ReactNode, useState } from 'react'
import type { ErrorValue } from '../../contract/errors.ts'
import { Button } from './button.tsx'
import { ErrorCallout } from './callout.tsx'
import { isTyped } from './is-typed.ts'
import { Modal, ModalBody, ModalFoot, ModalTitle } from './modal.tsx'
import { TypeToConfirm } from './type-to-confirm.tsx'

/** Says what a step changes before it is taken; where a name has to be typed, only who typed it can take the step. */
export function Confirmation({
  title,
  children,
  nameToType,
  button,
  variant,
  onConfirm,
  onClose,
}: {
  title: ReactNode
  children: ReactNode
  /** Absent where a click is enough. */
  nameToType: string | undefined
  button: ReactNode
  variant: 'primary' | 'danger'
  /** Takes the step and says why it could not. */
  onConfirm: () => Promise<ErrorValue | undefined>
  onClose: () => void
}) {
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ErrorValue | undefined>(undefined)
  const mayConfirm = nameToType === undefined || isTyped(nameToType, typed)

  const confirm = async (event: FormEvent) => {
    event.preventDefault()
    if (!mayConfirm) return
    setBusy(true)
    const error = await onConfirm()
    setBusy(false)
    if (error !== undefined) setProblem(error)
  }

  return (
    <Modal onClose={onClose}>
      <form onSubmit={(event) => void confirm(event)}>
        <ModalBody>
          <ModalTitle>{title}</ModalTitle>
          {children}
          {nameToType !== undefined && <TypeToConfirm name={nameToType} value={typed} onChange={setTyped} />}
          {problem !== undefined && <ErrorCallout error={problem} />}
        </ModalBody>
        <ModalFoot>
          <Button onClick={onClose} data-autofocus={nameToType === undefined ? '' : undefined}>
            Cancel
          </Button>
          <Button type="submit" variant={variant} busy={busy} disabled={!mayConfirm}>
            {button}
          </Button>
        </ModalFoot>
      </form>
    </Modal>
  )
}

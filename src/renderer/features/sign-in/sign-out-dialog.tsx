import { useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import { useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { SignOutIcon } from '../../ui/icons.ts'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import styles from './dialogs.module.css'

/** Says whom it concerns: the AWS CLI and everything else that uses its sign-ins. */
export default function SignOutDialog({ onClose }: { onClose: () => void }) {
  const { core } = useServices()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ErrorValue | undefined>(undefined)

  const signOut = async () => {
    setBusy(true)
    const result = await core.call('signIn.signOutEverywhere', {})
    setBusy(false)
    if (result.ok) onClose()
    else setProblem(result.error)
  }

  return (
    <Modal onClose={onClose}>
      <ModalBody>
        <ModalTitle>Sign out everywhere?</ModalTitle>
        <p className={styles.text}>
          Ends every sign-in to IAM Identity Center on this computer, also those of the AWS CLI and of other
          tools that share its files. Profiles in use here are put aside.
        </p>
        <p className={styles.text}>
          Role credentials that are already out stay good until they end, an hour at most as a rule.
        </p>
        {problem !== undefined && <ErrorCallout error={problem} />}
      </ModalBody>
      <ModalFoot>
        <Button onClick={onClose} data-autofocus="">
          Cancel
        </Button>
        <Button variant="danger" busy={busy} onClick={() => void signOut()}>
          <SignOutIcon size={14} stroke={1.75} aria-hidden />
          Sign out everywhere
        </Button>
      </ModalFoot>
    </Modal>
  )
}

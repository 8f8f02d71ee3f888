import { type FormEvent, useState } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Scope } from '../../../contract/identity.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { accountName } from '../../app/stores/accounts-store.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import { displayText } from '../../ui/display-text.ts'
import { Checkbox, Field, TextInput } from '../../ui/field.tsx'
import { FileIcon } from '../../ui/icons.ts'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import { Name } from '../../ui/name.tsx'
import { shellWord } from '../../ui/shell-word.ts'
import { showToast } from '../../ui/toast.tsx'
import styles from './dialogs.module.css'

/** Writes one section to the AWS config file, and shows it before it does. */
export default function WriteProfileDialog({ scope, onClose }: { scope: Scope; onClose: () => void }) {
  const { core, host } = useServices()
  const account = useServiceStore('accounts', ({ accounts }) =>
    accounts.find(({ account: each }) => each.accountId === scope.accountId),
  )?.account
  // The name that `aws configure sso` would choose.
  const [name, setName] = useState(`${scope.roleName}-${scope.accountId}`)
  const [replace, setReplace] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ErrorValue | undefined>(undefined)

  const write = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const result = await core.call('profile.write', { ...scope, name: name.trim(), replace })
    setBusy(false)
    if (!result.ok) return setProblem(result.error)
    onClose()
    const command = `aws sts get-caller-identity --profile ${shellWord(result.value.name)}`
    showToast({
      tone: 'ok',
      title: <Name text={`Profile ${result.value.name} written`} />,
      text: <Name text={host.configFile} />,
      action: { label: 'Copy a command', run: () => void navigator.clipboard.writeText(command) },
    })
  }

  return (
    <Modal onClose={onClose}>
      <form onSubmit={(event) => void write(event)}>
        <ModalBody>
          <ModalTitle>Write a profile for the AWS CLI</ModalTitle>
          <p className={styles.text}>
            With it the CLI acts as <Name className={styles.strong} text={scope.roleName} /> in{' '}
            <Name
              className={styles.strong}
              text={account === undefined ? scope.accountId : accountName(account)}
            />
            , with this sign-in. The rest of <Name className={styles.mono} text={host.configFile} /> stays as
            it is.
          </p>
          <Field label="Name">
            <TextInput
              value={name}
              data-autofocus=""
              onChange={(event) => {
                setName(event.target.value)
                setProblem(undefined)
              }}
            />
          </Field>
          <Preview scope={scope} name={name} />
          {problem !== undefined && (
            <div className={styles.problem}>
              <ErrorCallout error={problem} />
              {problem.code === 'INVALID_REQUEST' && (
                <Checkbox checked={replace} onChange={setReplace}>
                  Replace the profile of this name
                </Checkbox>
              )}
            </div>
          )}
        </ModalBody>
        <ModalFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={name.trim() === ''}>
            <FileIcon size={14} stroke={1.75} aria-hidden />
            Write profile
          </Button>
        </ModalFoot>
      </form>
    </Modal>
  )
}

function Preview({ scope, name }: { scope: Scope; name: string }) {
  const lines = [
    `[profile ${name.trim()}]`,
    scope.identityId.startsWith('legacy:')
      ? `sso_start_url = ${scope.identityId.slice('legacy:'.length)}`
      : `sso_session = ${scope.identityId.slice('sso:'.length)}`,
    `sso_account_id = ${scope.accountId}`,
    `sso_role_name = ${scope.roleName}`,
    `region = ${scope.region}`,
  ]
  return <pre className={styles.preview}>{lines.map(displayText).join('\n')}</pre>
}

import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { ContainerRef } from '../../../contract/session.ts'
import { type ShellChoice, systemOf, takesIntegration } from '../../../contract/shell-command.ts'
import { queries } from '../../app/core/queries.ts'
import { isLive } from '../../app/core/task-history.ts'
import type { SplitDirection } from '../../app/documents/workspace.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { findTask, placeOf } from '../../app/stores/places.ts'
import { groupedAccountId } from '../../ui/account-id.ts'
import { Button } from '../../ui/button.tsx'
import { EnvironmentSquare, environmentWords } from '../../ui/environment.tsx'
import { Checkbox, Field, TextInput } from '../../ui/field.tsx'
import { RecordingDot } from '../../ui/glyphs.tsx'
import { UsersIcon } from '../../ui/icons.ts'
import { Kbd } from '../../ui/kbd.tsx'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import { Name } from '../../ui/name.tsx'
import { askNotAgainToday, openShell } from './open-shell.ts'
import { rememberedChoice } from './shell-choice.ts'
import { ContainerField, IntegrationField, ShellField } from './shell-fields.tsx'
import styles from './shells.module.css'

/**
 * Where, as whom, who will know, and why: production asks before it opens a
 * shell. Elsewhere it is the way to another container or shell.
 */
export default function OpenShellDialog({
  container: asked,
  split,
  inTab,
  onClose,
}: {
  container: ContainerRef
  split: SplitDirection | undefined
  inTab: string | undefined
  onClose: () => void
}) {
  const services = useServices()
  const task = useServiceStore('catalog', (catalog) => findTask(catalog, asked))
  const [containerName, setContainerName] = useState(asked.containerName)
  const container = { ...asked, containerName }
  const [choice, setChoice] = useState<ShellChoice | undefined>(undefined)
  const remembered = useServiceStore('settings', ({ settings }) =>
    rememberedChoice(settings, placeOf(container, task)),
  )
  const shell = choice ?? remembered
  const system = systemOf(task?.platformFamily)
  const [integration, setIntegration] = useState<boolean | undefined>(undefined)
  const integrates = useServiceStore('settings', ({ settings }) => integration ?? settings.shellIntegration)
  const caller = useQuery(queries.caller(services.core, container.scope)).data
  const others = useOthersInside(container.taskArn, caller?.userName)
  const [reason, setReason] = useState('')
  const [notAgain, setNotAgain] = useState(false)
  const isProduction = container.environment === 'production'
  const needsReason = useServiceStore(
    'settings',
    ({ settings }) => isProduction && settings.production.reasonRequired,
  )
  const mayOpen = !needsReason || reason.trim() !== ''

  const open = (event: FormEvent) => {
    event.preventDefault()
    if (!mayOpen) return
    if (shell.kind === 'custom' && shell.command.trim() === '') return
    if (notAgain) askNotAgainToday(container.taskArn)
    onClose()
    openShell(services, container, {
      reason: reason.trim() || undefined,
      shell: choice,
      integration,
      split,
      inTab,
    })
  }

  return (
    <Modal onClose={onClose}>
      <form onSubmit={open}>
        <div className={styles.band} data-environment={container.environment}>
          <EnvironmentSquare environment={container.environment} />
          <b>{environmentWords[container.environment]}</b>
          <span>
            <Name text={container.accountName ?? 'Account'} />, {groupedAccountId(container.scope.accountId)}
          </span>
        </div>
        <ModalBody>
          <ModalTitle>
            Open a shell in <Name text={container.containerName} />?
          </ModalTitle>
          <p className={styles.text}>
            <Name text={container.serviceName ?? 'Standalone task'} />{' '}
            <span className={styles.mono}>{container.taskId.slice(0, 8)}</span>,{' '}
            <Name text={container.clusterName} />, {container.scope.region}. You act as{' '}
            {caller !== undefined && (
              <>
                <Name className={styles.strong} text={caller.userName} /> with{' '}
              </>
            )}
            <Name text={container.scope.roleName} />.
          </p>
          <ul className={styles.points}>
            <li>
              <RecordingDot />
              Recorded on this computer and in CloudTrail
            </li>
            {others.length > 0 && (
              <li>
                <UsersIcon size={14} stroke={1.75} aria-hidden />
                <span>
                  <Name text={others.join(', ')} /> {others.length === 1 ? 'has' : 'have'} a live shell in
                  this task
                </span>
              </li>
            )}
          </ul>
          <div className={styles.fields}>
            <ContainerField
              task={task}
              value={containerName}
              onChange={(name) => {
                setContainerName(name)
                setChoice(undefined)
              }}
            />
            <ShellField system={system} value={shell} onChange={setChoice} />
            {takesIntegration(shell, system) && (
              <IntegrationField checked={integrates} onChange={setIntegration} />
            )}
            <Field
              label="Reason"
              hint={needsReason ? 'required, saved with the session' : 'saved with the session'}
            >
              <TextInput
                value={reason}
                maxLength={1000}
                required={needsReason}
                data-autofocus
                onChange={(event) => setReason(event.target.value)}
              />
            </Field>
          </div>
        </ModalBody>
        <ModalFoot
          start={
            isProduction &&
            !needsReason && (
              <Checkbox checked={notAgain} onChange={setNotAgain}>
                Not again for this task today
              </Checkbox>
            )
          }
        >
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={!mayOpen}>
            Open shell
            <Kbd>↵</Kbd>
          </Button>
        </ModalFoot>
      </form>
    </Modal>
  )
}

/** Other people with a live shell in the task, as far as the audit knows. */
function useOthersInside(taskArn: string, self: string | undefined): string[] {
  const { core } = useServices()
  const { data } = useQuery(queries.taskHistory(core, taskArn))
  const live = (data?.lines ?? []).filter(isLive)
  return [...new Set(live.map(({ userName }) => userName).filter((name) => name !== self))]
}

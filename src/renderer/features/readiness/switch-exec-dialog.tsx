import { useState } from 'react'
import type { ExecRollout } from '../../../contract/readiness.ts'
import type { ServiceRef } from '../../app/documents/document.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import { rolloutKey } from '../../app/stores/readiness-store.ts'
import { Button } from '../../ui/button.tsx'
import { Callout, ErrorCallout } from '../../ui/callout.tsx'
import { Confirmation } from '../../ui/confirmation.tsx'
import { Spinner } from '../../ui/glyphs.tsx'
import { DoneIcon, ShellIcon } from '../../ui/icons.ts'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import { Name } from '../../ui/name.tsx'
import { requestShell } from '../shells/open-shell.ts'
import styles from './dialogs.module.css'

interface DialogProps {
  service: ServiceRef
  on: boolean
  onClose: () => void
}

/** Says what a service's exec setting changes before it does, then follows the deployment to its end. */
export default function SwitchExecDialog({ service, on, onClose }: DialogProps) {
  const { clusterArn, serviceName = '' } = service
  const [begun, setBegun] = useState<ExecRollout | undefined>(undefined)
  const news = useServiceStore(
    'readiness',
    ({ rollouts }) => rollouts[rolloutKey({ clusterArn, serviceName })],
  )
  if (begun === undefined) return <Question service={service} on={on} onClose={onClose} onBegun={setBegun} />
  return <Progress service={service} rollout={news ?? begun} onClose={onClose} />
}

function Question({
  service: ref,
  on,
  onClose,
  onBegun,
}: DialogProps & { onBegun: (rollout: ExecRollout) => void }) {
  const { core, readiness } = useServices()
  const { scope, clusterArn, clusterName, serviceName = '' } = ref
  const cluster = useServiceStore('catalog', ({ clusters }) => clusters[clusterKey(scope, clusterArn)])
  const service = cluster?.services.find(({ name }) => name === serviceName)

  const change = async () => {
    // News of an earlier deployment must not pass for this one's.
    readiness.setState(({ rollouts }) => {
      const { [rolloutKey({ clusterArn, serviceName })]: _, ...others } = rollouts
      return { rollouts: others }
    })
    const answer = await core.call('exec.switch', { scope, clusterArn, serviceName, on })
    if (!answer.ok) return answer.error
    onBegun(answer.value)
    return undefined
  }

  return (
    <Confirmation
      title={
        <>
          Turn exec {on ? 'on' : 'off'} for <Name text={serviceName} />?
        </>
      }
      nameToType={ref.environment === 'production' ? serviceName : undefined}
      button={`Turn exec ${on ? 'on' : 'off'}`}
      variant={on ? 'primary' : 'danger'}
      onConfirm={change}
      onClose={onClose}
    >
      <p className={styles.text}>
        Tasks keep what they were started with, so ECS starts a new deployment and replaces{' '}
        {service === undefined ? 'all tasks' : `${service.runningCount} running tasks`} of the service.
      </p>
      <dl className={styles.change}>
        <dt>UpdateService</dt>
        <dd>
          <Name text={`${clusterName}/${serviceName}`} />
        </dd>
        <dt>enableExecuteCommand</dt>
        <dd>
          {String(service?.execEnabled ?? !on)} → <b>{String(on)}</b>
        </dd>
        <dt>forceNewDeployment</dt>
        <dd>true</dd>
      </dl>
      <p className={styles.text}>
        What was written inside the tasks is lost, and shells in them end. The task definition stays.
      </p>
    </Confirmation>
  )
}

function Progress({
  service: ref,
  rollout,
  onClose,
}: {
  service: ServiceRef
  rollout: ExecRollout
  onClose: () => void
}) {
  const services = useServices()
  const { phase, on, desiredCount, runningCount, taskArn, error, serviceName } = rollout
  const cluster = useServiceStore(
    'catalog',
    ({ clusters }) => clusters[clusterKey(ref.scope, ref.clusterArn)],
  )
  const fresh = cluster?.tasks.find(({ arn }) => arn === taskArn)
  const container =
    fresh?.containers.find(({ readiness }) => readiness.level === 'ready') ?? fresh?.containers[0]
  const connect = () => {
    if (fresh === undefined || container === undefined) return
    onClose()
    requestShell(services, { ...ref, taskArn: fresh.arn, taskId: fresh.id, containerName: container.name })
  }
  return (
    <Modal onClose={onClose}>
      <ModalBody>
        <ModalTitle>
          {phase === 'done' ? 'Exec is ' : 'Turning exec '}
          {on ? 'on' : 'off'} for <Name text={serviceName} />
        </ModalTitle>
        <div role="status">
          {phase === 'rolling' && (
            <>
              <p className={styles.progress}>
                <Spinner size={13} />
                {runningCount} of {desiredCount} new tasks run
                {runningCount >= desiredCount && desiredCount > 0 && ', the old ones end'}
              </p>
              <progress className={styles.bar} value={runningCount} max={Math.max(1, desiredCount)} />
            </>
          )}
          {phase === 'done' && (
            <p className={styles.progress}>
              <DoneIcon size={14} stroke={1.75} aria-hidden />
              {on && taskArn !== undefined
                ? `The deployment is complete, and task ${taskArn.split('/').at(-1)?.slice(0, 8)} takes shells.`
                : 'The deployment is complete.'}
            </p>
          )}
        </div>
        {phase === 'failed' && error !== undefined && <ErrorCallout error={error} />}
        {phase === 'failed' && error === undefined && (
          <Callout tone="danger" title="The deployment failed">
            Look at the events of the service.
          </Callout>
        )}
      </ModalBody>
      <ModalFoot>
        <Button onClick={onClose}>{phase === 'rolling' ? 'Close, it goes on' : 'Close'}</Button>
        {phase === 'done' && on && (
          <Button variant="primary" disabled={container === undefined} onClick={connect}>
            <ShellIcon size={14} stroke={1.75} aria-hidden />
            Open shell
          </Button>
        )}
      </ModalFoot>
    </Modal>
  )
}

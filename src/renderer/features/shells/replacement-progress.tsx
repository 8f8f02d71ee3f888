import { type ReactNode, useEffect, useState } from 'react'
import type { TaskRef } from '../../app/documents/document.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import { Button } from '../../ui/button.tsx'
import { Spinner } from '../../ui/glyphs.tsx'
import { DoneIcon } from '../../ui/icons.ts'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import { Name } from '../../ui/name.tsx'
import { formatDuration } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { containerToOffer, followReplacement } from './follow-replacement.ts'
import { requestShell } from './open-shell.ts'
import { replacementOf } from './replacement.ts'
import styles from './shells.module.css'

export interface Begun {
  at: number
  /** ARNs of the cluster's tasks before. */
  before: ReadonlySet<string>
}

/** A service that has not started anything by then is probably held up. */
const longWithoutTaskMilliseconds = 60_000

/** Follows the service until it is steady again, and offers a shell in the fresh task as soon as that works. */
export function ReplacementProgress({
  task,
  begun,
  onClose,
}: {
  task: TaskRef
  begun: Begun
  onClose: () => void
}) {
  const services = useServices()
  const cluster = useServiceStore(
    'catalog',
    ({ clusters }) => clusters[clusterKey(task.scope, task.clusterArn)],
  )
  const service = cluster?.services.find(({ name }) => name === task.serviceName)
  const { oldStatus, fresh, ready, steady } = replacementOf(cluster?.tasks ?? [], service, task, begun.before)
  const [tookMilliseconds, setTook] = useState<number | undefined>(undefined)
  const passed = useNow() - begun.at
  const running = fresh?.status === 'RUNNING'
  useEffect(() => {
    if (running) setTook((took) => took ?? Date.now() - begun.at)
  }, [running, begun])
  const close = () => {
    // Whoever leaves before the task is there hears of it when it is.
    if (!running) followReplacement(services, task, begun)
    onClose()
  }
  const container = fresh && containerToOffer(services.workspace, task, fresh)
  const open = () => {
    if (fresh === undefined || container === undefined) return
    onClose()
    const place = { ...task, taskArn: fresh.arn, taskId: fresh.id, containerName: container.name }
    requestShell(services, place)
  }
  return (
    <Modal onClose={close}>
      <ModalBody>
        <ModalTitle>{running ? 'Task replaced' : 'Replacing the task'}</ModalTitle>
        <ol className={styles.steps}>
          <Step done={oldStatus === 'STOPPED' || oldStatus === 'GONE'}>
            <span className={styles.mono}>{task.taskId.slice(0, 8)}</span> {stopWords(oldStatus)}
          </Step>
          <Step done={running}>
            {fresh === undefined ? (
              <>
                <Name text={task.serviceName ?? ''} /> starts a new task
              </>
            ) : (
              <>
                <span className={styles.mono}>{fresh.id.slice(0, 8)}</span>{' '}
                {running
                  ? `runs after ${formatDuration(tookMilliseconds ?? passed)}`
                  : startWords(fresh.status)}
              </>
            )}
          </Step>
          <Step done={ready}>{ready ? 'A shell can be opened' : 'The exec agent starts'}</Step>
          <Step done={steady}>
            {service === undefined
              ? 'The service is steady'
              : `${service.runningCount} of ${service.desiredCount} tasks run`}
          </Step>
        </ol>
        {fresh === undefined && passed > longWithoutTaskMilliseconds && (
          <p className={styles.text}>
            ECS has started nothing for {formatDuration(passed)}. The events of the service say why.
          </p>
        )}
      </ModalBody>
      <ModalFoot>
        <Button onClick={close}>{steady ? 'Close' : 'Go on in the background'}</Button>
        <Button variant="primary" disabled={!ready || container === undefined} onClick={open}>
          Open shell
        </Button>
      </ModalFoot>
    </Modal>
  )
}

function Step({ done, children }: { done: boolean; children: ReactNode }) {
  return (
    <li data-done={done}>
      {done ? <DoneIcon size={14} stroke={1.75} aria-label="Done" /> : <Spinner size={13} />}
      <span>{children}</span>
    </li>
  )
}

function stopWords(status: string): string {
  if (status === 'STOPPED' || status === 'GONE') return 'has stopped'
  return status === 'RUNNING' ? 'is told to stop' : `stops (${status.toLowerCase()})`
}

function startWords(status: string): string {
  return `starts (${status.toLowerCase()})`
}

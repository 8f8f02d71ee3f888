import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queries } from '../../app/core/queries.ts'
import type { TaskRef } from '../../app/documents/document.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import { isLive } from '../../app/stores/sessions-store.ts'
import { Button } from '../../ui/button.tsx'
import { Confirmation } from '../../ui/confirmation.tsx'
import { AuditIcon, LostIcon, ReplaceIcon, ShellIcon } from '../../ui/icons.ts'
import { Modal, ModalBody, ModalFoot, ModalTitle } from '../../ui/modal.tsx'
import { Name } from '../../ui/name.tsx'
import { formatMoment } from '../../ui/time.ts'
import { peopleWords } from '../../ui/touched-words.ts'
import { type Begun, ReplacementProgress } from './replacement-progress.tsx'
import styles from './shells.module.css'

/** Says what is lost, what ends and what stays; production wants the service's name typed. */
export default function ReplaceTaskDialog({ task, onClose }: { task: TaskRef; onClose: () => void }) {
  const services = useServices()
  const { core } = services
  const cluster = useServiceStore(
    'catalog',
    ({ clusters }) => clusters[clusterKey(task.scope, task.clusterArn)],
  )
  const service = cluster?.services.find(({ name }) => name === task.serviceName)
  const definition = cluster?.tasks.find(({ arn }) => arn === task.taskArn)?.taskDefinition
  const touched = useQuery(queries.touched(core)).data?.find(({ taskArn }) => taskArn === task.taskArn)
  const liveShells = useLiveShells(task.taskArn)

  const serviceName = task.serviceName ?? ''
  const [following, setFollowing] = useState<Begun | undefined>(undefined)

  const replace = async () => {
    const { scope, clusterArn, taskArn } = task
    const begun = { at: Date.now(), before: new Set(cluster?.tasks.map(({ arn }) => arn)) }
    const result = await core.call('task.replace', { scope, clusterArn, taskArn })
    if (!result.ok) return result.error
    setFollowing(begun)
    return undefined
  }

  if (following !== undefined) return <ReplacementProgress task={task} begun={following} onClose={onClose} />
  if (task.serviceName === undefined) return <Standalone task={task} onClose={onClose} />

  return (
    <Confirmation
      title={
        <>
          Replace task <span className={styles.mono}>{task.taskId.slice(0, 8)}</span>?
        </>
      }
      nameToType={task.environment === 'production' ? serviceName : undefined}
      button={
        <>
          <ReplaceIcon size={14} stroke={1.75} aria-hidden />
          Replace task
        </>
      }
      variant="danger"
      onConfirm={replace}
      onClose={onClose}
    >
      <p className={styles.text}>
        ECS stops this task and <Name text={serviceName} /> starts a new one
        {definition !== undefined && (
          <>
            {' '}
            from <Name className={styles.monoStrong} text={definition} />
          </>
        )}
        .{' '}
        {service !== undefined &&
          `${Math.max(0, service.runningCount - 1)} of ${service.desiredCount} tasks serve meanwhile.`}
      </p>
      <dl className={styles.fate}>
        <dt className={styles.lost}>
          <LostIcon size={14} stroke={1.75} aria-hidden />
          Lost
        </dt>
        <dd>
          {touched === undefined
            ? 'Everything written inside the containers'
            : `Every change made inside since ${formatMoment(touched.since, Date.now())}, by ${peopleWords(touched.people)}`}
        </dd>
        {liveShells.length > 0 && (
          <>
            <dt className={styles.ends}>
              <ShellIcon size={14} stroke={1.75} aria-hidden />
              Ends now
            </dt>
            <dd>
              {liveShells.length === 1 ? '1 live shell: ' : `${liveShells.length} live shells: `}
              <Name text={liveShells.join(', ')} />
            </dd>
          </>
        )}
        <dt className={styles.kept}>
          <AuditIcon size={14} stroke={1.75} aria-hidden />
          Kept
        </dt>
        <dd>Recordings, logs and audit history</dd>
      </dl>
    </Confirmation>
  )
}

/** Nothing would start in its place, so there is nothing to press here. */
function Standalone({ task, onClose }: { task: TaskRef; onClose: () => void }) {
  return (
    <Modal onClose={onClose}>
      <ModalBody>
        <ModalTitle>
          Nothing will replace task <span className={styles.mono}>{task.taskId.slice(0, 8)}</span>
        </ModalTitle>
        <p className={styles.text}>
          It belongs to no service, so ECS would start no other one. Stop it and run it again where it was
          started.
        </p>
      </ModalBody>
      <ModalFoot>
        <Button onClick={onClose}>Close</Button>
      </ModalFoot>
    </Modal>
  )
}

/** "ana in nginx" for every shell that will end: this window's and everyone else's that the audit knows. */
function useLiveShells(taskArn: string): string[] {
  const { core } = useServices()
  const sessions = useServiceStore('sessions', (state) => state.sessions)
  const { data } = useQuery(queries.taskHistory(core, taskArn))
  const here = Object.values(sessions).filter(
    (session) => isLive(session) && session.container.taskArn === taskArn,
  )
  const known = new Set(here.map(({ id }) => id))
  const elsewhere = (data?.lines ?? []).flatMap((line) =>
    line.kind === 'session' && line.endedAt === undefined && !known.has(line.sessionId) ? [line] : [],
  )
  return [
    ...here.map(({ userName, container }) => `${userName ?? 'you'} in ${container.containerName}`),
    ...elsewhere.map(({ userName, containerName }) => `${userName} in ${containerName}`),
  ]
}

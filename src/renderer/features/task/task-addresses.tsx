import { useQuery } from '@tanstack/react-query'
import type { BalancedAddress } from '../../../contract/addresses.ts'
import type { Task } from '../../../contract/catalog.ts'
import { queries } from '../../app/core/queries.ts'
import { useServices } from '../../app/services.ts'
import { PageLink } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { displayText } from '../../ui/display-text.ts'
import { Name } from '../../ui/name.tsx'
import { Fact } from '../../ui/page.tsx'
import { localWebAddress } from '../../ui/web-page.ts'
import styles from './task.module.css'
import { takesShells } from './task-words.ts'
import type { TaskPage } from './use-task-page.ts'

/** Where the task and its service are reached, from the nearest to the farthest. */
export function TaskAddresses({ page, task }: { page: TaskPage; task: Task }) {
  const { core } = useServices()
  const { scope, clusterArn, taskArn } = page.ref
  const read = useQuery({
    ...queries.taskAddresses(core, { scope, clusterArn, taskArn }),
    // A task on its way out is reached nowhere.
    enabled: page.task !== undefined && takesShells(task),
  }).data
  const [problem] = read?.problems ?? []
  return (
    <>
      {read?.publicIp !== undefined && (
        <Fact label="Public IP" mono>
          <Name text={read.publicIp} />
        </Fact>
      )}
      <Ports task={task} />
      {read !== undefined && read.balanced.length > 0 && (
        <Fact label={read.balanced.length === 1 ? 'Address' : 'Addresses'}>
          <span className={styles.ports}>
            {read.balanced.map((address) => (
              <Balanced key={`${address.loadBalancer} ${address.url}`} address={address} />
            ))}
          </span>
        </Fact>
      )}
      {problem !== undefined && (
        <Fact label="Address">
          <span className={styles.quiet} title={displayText(problem.detail ?? problem.message)}>
            Not all could be read: {displayText(problem.message)}
          </span>
        </Fact>
      )}
    </>
  )
}

/** Plain http to elsewhere is shown and not followed: on the desktop it may not leave. */
function Balanced({ address: { url, reach, loadBalancer } }: { address: BalancedAddress }) {
  const { host, pathname, protocol } = new URL(url)
  const text = `${host}${pathname === '/' ? '' : pathname}`
  const opens = protocol === 'https:' || localWebAddress(url) !== undefined
  return (
    <span title={`Load balancer ${displayText(loadBalancer)}`}>
      {opens ? (
        <PageLink variant="link" href={url}>
          <Name text={text} />
        </PageLink>
      ) : (
        <>
          <Name text={text} /> <CopyButton text={url} label="Copy address" />
        </>
      )}
      {reach === 'inside' && <span className={styles.quiet}> inside the VPC</span>}
    </span>
  )
}

/** Ports that a browser on this computer can open. */
function Ports({ task }: { task: Task }) {
  const links = task.containers.flatMap((container) =>
    container.ports.flatMap(({ containerPort, url }) => {
      const href = url === undefined ? undefined : localWebAddress(url)
      return href === undefined ? [] : [{ name: container.name, containerPort, href }]
    }),
  )
  if (links.length === 0) return null
  return (
    <Fact label={links.length === 1 ? 'Port' : 'Ports'}>
      <span className={styles.ports}>
        {links.map(({ name, containerPort, href }) => (
          <span key={`${name}:${containerPort}`}>
            <Name className={styles.quiet} text={`${name} ${containerPort}`} />{' '}
            <PageLink variant="link" href={href}>
              <Name text={new URL(href).host} />
            </PageLink>
          </span>
        ))}
      </span>
    </Fact>
  )
}

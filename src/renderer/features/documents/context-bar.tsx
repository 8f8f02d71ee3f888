import type { ReactNode } from 'react'
import { type Document, taskOf } from '../../app/documents/document.ts'
import { classNames } from '../../ui/class-names.ts'
import { EnvironmentTag, environmentWords } from '../../ui/environment.tsx'
import { ChevronRightIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import styles from './context-bar.module.css'

/**
 * The line that always says where a document is: environment, account, service,
 * task, container. Production tints all of it. `children` are facts at its end.
 */
export function ContextBar({ document, children }: { document: Document; children?: ReactNode }) {
  const task = taskOf(document)
  if (task === undefined) return null
  const container = 'container' in document ? document.container.containerName : undefined
  return (
    <div className={styles.bar} data-environment={task.environment}>
      {task.environment === 'production' ? (
        <b className={styles.production}>{environmentWords.production}</b>
      ) : (
        <EnvironmentTag environment={task.environment} />
      )}
      <span className={styles.crumbs}>
        <Crumb text={task.accountName ?? task.scope.accountId} wideOnly />
        <Crumb text={task.serviceName ?? task.clusterName} />
        <Crumb
          text={task.taskId.slice(0, 8)}
          mono
          wideOnly={container !== undefined}
          last={container === undefined}
        />
        {container !== undefined && <Name className={styles.last} text={container} />}
      </span>
      <span className={styles.facts}>{children}</span>
    </div>
  )
}

function Crumb({
  text,
  mono = false,
  wideOnly = false,
  last = false,
}: {
  text: string
  mono?: boolean
  wideOnly?: boolean
  last?: boolean
}) {
  if (last) return <Name className={styles.last} text={text} />
  return (
    <span className={classNames(styles.crumb, wideOnly && styles.outer, wideOnly && 'wide-only')}>
      <Name className={mono ? styles.mono : styles.text} text={text} />
      <ChevronRightIcon size={11} stroke={2} aria-hidden />
    </span>
  )
}

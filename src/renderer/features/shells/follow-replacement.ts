import { createElement } from 'react'
import type { Container, Task } from '../../../contract/catalog.ts'
import type { TaskRef } from '../../app/documents/document.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import { Name } from '../../ui/name.tsx'
import { formatDuration } from '../../ui/time.ts'
import { showToast } from '../../ui/toast.tsx'
import { requestShell, type ShellServices } from './open-shell.ts'

/** A task that is not there after this will be found in the navigator instead. */
const followedForMilliseconds = 10 * 60_000

/** Tells when the service's fresh task runs, and offers a shell in it. */
export function followReplacement(
  services: ShellServices,
  replaced: TaskRef,
  /** When the replacing began, and the cluster's tasks before. */
  begun: { at: number; before: ReadonlySet<string> },
  now: () => number = Date.now,
): Disposable {
  const { catalog } = services
  const key = clusterKey(replaced.scope, replaced.clusterArn)
  const tasksOfService = () =>
    (catalog.getState().clusters[key]?.tasks ?? []).filter(
      (task) => task.serviceName === replaced.serviceName,
    )

  const look = () => {
    const fresh = tasksOfService().find((task) => !begun.before.has(task.arn) && task.status === 'RUNNING')
    if (fresh === undefined) return
    stop()
    announce(services, replaced, fresh, now() - begun.at)
  }
  const unsubscribe = catalog.subscribe(look)
  const timer = setTimeout(() => stop(), followedForMilliseconds)
  const stop = () => {
    unsubscribe()
    clearTimeout(timer)
  }
  return { [Symbol.dispose]: stop }
}

function announce(services: ShellServices, replaced: TaskRef, fresh: Task, took: number): void {
  const container = containerToOffer(services.workspace, replaced, fresh)
  showToast({
    tone: 'ok',
    title: 'Task replaced',
    text: createElement(
      'span',
      null,
      createElement(Name, { text: fresh.id.slice(0, 8) }),
      ` runs after ${formatDuration(took)}`,
    ),
    ...(container === undefined
      ? {}
      : {
          action: {
            label: 'Open shell',
            run: () =>
              requestShell(services, {
                ...replaced,
                taskArn: fresh.arn,
                taskId: fresh.id,
                containerName: container.name,
              }),
          },
        }),
  })
}

/** The one that somebody last had open in the replaced task; else the first that a shell can be opened in. */
export function containerToOffer(
  workspace: ShellServices['workspace'],
  replaced: TaskRef,
  fresh: Task,
): Container | undefined {
  const { documents, visited } = workspace.store.getState()
  const lastOpen = visited
    .map((id) => documents[id])
    .find((document) => document?.kind === 'terminal' && document.container.taskArn === replaced.taskArn)
  const lastName = lastOpen?.kind === 'terminal' ? lastOpen.container.containerName : undefined
  return (
    fresh.containers.find(({ name }) => name === lastName) ??
    fresh.containers.find(({ readiness }) => readiness.level !== 'blocked')
  )
}

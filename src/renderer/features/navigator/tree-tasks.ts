import type { Cluster, Container, Task } from '../../../contract/catalog.ts'
import type { Target } from '../../app/documents/target.ts'
import type { AccountView } from '../../app/stores/accounts-store.ts'
import { containerRefFor, taskRefFor } from '../../app/stores/catalog-entries.ts'
import { type FilterTerm, type RowFacts, tagFacts, unanswered } from './filter.ts'
import { addBranch, type Growing, type TreeRow } from './tree-rows.ts'

export interface TaskList {
  readonly view: AccountView
  readonly cluster: Cluster
  readonly tasks: readonly Task[]
  readonly parent: TreeRow
}

export function addTasks(growing: Growing, list: TaskList, terms: readonly FilterTerm[]): void {
  const { tasks, parent } = list
  if (tasks.length === 0 && terms.length === 0)
    growing.rows.push({ kind: 'note', id: `${parent.id}/empty`, level: 3, text: 'No task is running' })
  for (const task of tasks) addTask(growing, list, task, terms)
}

function addTask(growing: Growing, list: TaskList, task: Task, terms: readonly FilterTerm[]): void {
  const { view, cluster, tasks, parent } = list
  const { touched, live } = growing.input
  const row: TreeRow = {
    kind: 'task',
    id: `${parent.id}/${task.id}`,
    level: 3,
    task,
    touched: touched.has(task.arn),
    live: live.has(task.arn),
    get target(): Target {
      return { kind: 'task', task: taskRefFor(view.account, cluster, task) }
    },
  }
  addBranch(growing, row, {
    terms,
    facts: () => taskFacts(task),
    openByDefault: tasks.length === 1,
    children: (left) => {
      for (const container of task.containers) addContainer(growing, list, row.id, task, container, left)
    },
  })
}

function hasStopped({ status }: Task): boolean {
  return status === 'STOPPED'
}

function taskFacts(task: Task): RowFacts {
  const name = `${task.id} ${task.taskDefinition}`.toLowerCase()
  const isStopped = hasStopped(task) || task.desiredStatus === 'STOPPED'
  return {
    name,
    fields: { task: [name], tag: tagFacts(task.tags), is: isStopped ? ['stopped'] : [] },
  }
}

function addContainer(
  growing: Growing,
  { view, cluster }: TaskList,
  taskRowId: string,
  task: Task,
  container: Container,
  terms: readonly FilterTerm[],
): void {
  const touched = growing.input.touched.get(task.arn)?.has(container.name) ?? false
  if (unanswered(terms, () => containerFacts(container, touched)).length > 0) return
  growing.rows.push({
    kind: 'container',
    id: `${taskRowId}/${container.name}`,
    level: 4,
    container,
    touched,
    live: growing.input.live.get(task.arn)?.has(container.name) ?? false,
    stopped: hasStopped(task),
    get target(): Target {
      // There is nothing to enter; what is left to see is the task's page.
      if (hasStopped(task)) return { kind: 'task', task: taskRefFor(view.account, cluster, task) }
      const ref = containerRefFor(view.account, cluster, task, container)
      return { kind: 'container', container: ref, readiness: container.readiness }
    },
  })
}

function containerFacts({ name, image, readiness }: Container, touched: boolean): RowFacts {
  const lowerName = name.toLowerCase()
  // With advice it can be entered all the same.
  const level = readiness.level === 'advice' ? 'ready' : readiness.level
  return {
    name: lowerName,
    fields: {
      container: [lowerName],
      image: [image.toLowerCase()],
      is: [level, ...(touched ? ['touched'] : [])],
    },
  }
}

import type { AuditEntry, AuditRefusal } from '../../../contract/audit.ts'
import type { AuditSource, CloudEvent } from '../../../contract/cloud-audit.ts'
import type { ContainerRef } from '../../../contract/session.ts'
import { reconcile } from '../cloud/reconcile.ts'
import type { Known } from './known-sessions.ts'
import {
  dayOf,
  placeValues,
  refused,
  resultsOfEvent,
  type Searched,
  sourcesOfEvent,
  sourceValues,
} from './search-facets.ts'

/** What the cloud file knows of shells, as far as it is searched. */
export interface CloudKnown {
  events: readonly CloudEvent[]
  /** What of CloudTrail was read in full. */
  read: readonly { accountId: string; region: string; from: number; to: number }[]
}

/** What is pending becomes late with time alone; nobody sees the difference of a minute. */
const joinAgainMilliseconds = 60_000

/**
 * What a search finds beside recorded sessions: attempts that came to nothing,
 * and shells that only AWS or an imported file tells of. Says of each session
 * which records know of it.
 */
export class OtherEntries {
  #cloud: CloudKnown = { events: [], read: [] }
  readonly #refusals: AuditRefusal[] = []
  #others: readonly Searched[] = []
  #sources = new Map<string, AuditSource>()
  #joined: { sessions: number; refusals: number; at: number } | undefined

  setCloud(cloud: CloudKnown): void {
    this.#cloud = cloud
    this.#joined = undefined
  }

  addRefusals(refusals: readonly AuditRefusal[]): void {
    this.#refusals.push(...refusals)
  }

  /** As of the last `join`. */
  get all(): readonly Searched[] {
    return this.#others
  }

  sourceOf(sessionId: string): AuditSource | undefined {
    return this.#sources.get(sessionId)
  }

  /** Joins what is new with the sessions that there are. */
  join(sessions: ReadonlyMap<string, Known>, now: number): void {
    const { size } = sessions
    const { length } = this.#refusals
    const before = this.#joined
    const isSame = before?.sessions === size && before.refusals === length
    if (isSame && now - before.at < joinAgainMilliseconds) return
    this.#joined = { sessions: size, refusals: length, at: now }
    this.#sources = new Map()
    const others: Searched[] = []
    for (const task of this.#byTask(sessions).values()) {
      const { events, sources } = reconcile({ ...task, now })
      for (const [id, source] of Object.entries(sources)) this.#sources.set(id, source)
      for (const event of events) others.push(otherOfEvent(event, task.container))
    }
    for (const [sessionId, { searched }] of sessions)
      searched.values.sources = sourceValues(this.#sources.get(sessionId))
    for (const refusal of this.#refusals)
      others.push(otherOfRefusal(refusal, this.#sources.get(refusal.sessionId)))
    this.#others = others
  }

  #byTask(sessions: ReadonlyMap<string, Known>): Map<string, TaskEntries> {
    const tasks = new Map<string, TaskEntries>()
    const ranges = new Map(this.#cloud.read.map((each) => [`${each.accountId} ${each.region}`, each]))
    const taskOf = (accountId: string, region: string, taskId: string) => {
      const key = `${accountId} ${region} ${taskId}`
      let task = tasks.get(key)
      if (task === undefined) {
        task = { entries: [], events: [], read: ranges.get(`${accountId} ${region}`), container: undefined }
        tasks.set(key, task)
      }
      return task
    }
    const addLocal = (entry: AuditEntry, container: ContainerRef) => {
      const task = taskOf(container.scope.accountId, container.scope.region, container.taskId)
      task.entries.push(entry)
      task.container ??= container
    }
    for (const { session } of sessions.values()) addLocal(session, session.container)
    for (const refusal of this.#refusals) addLocal(refusal, refusal.container)
    for (const event of this.#cloud.events)
      taskOf(event.accountId, event.region, event.taskId).events.push(event)
    return tasks
  }
}

interface TaskEntries {
  entries: AuditEntry[]
  events: CloudEvent[]
  read: { from: number; to: number } | undefined
  /** Of any of its local entries: AWS's event names neither service nor environment. */
  container: ContainerRef | undefined
}

function otherOfRefusal(refusal: AuditRefusal, source: AuditSource | undefined): Searched {
  const { userName, container, at, command, code, message, reason } = refusal
  return {
    entry: { kind: 'refused', refusal, text: [command, code, message, reason].filter(Boolean).join('\n') },
    at,
    day: dayOf(at),
    values: {
      ...placeValues(userName, container.scope.accountId, container),
      results: refused,
      sources: sourceValues(source),
      engines: [],
      exits: [],
    },
    found: undefined,
  }
}

function otherOfEvent(event: CloudEvent, ofTask: ContainerRef | undefined): Searched {
  const { userName, accountId, at, command, refusal, containerName } = event
  const container = ofTask && { ...ofTask, containerName: containerName ?? ofTask.containerName }
  const text = [command, refusal?.code, refusal?.message].filter(Boolean).join('\n')
  return {
    entry: { kind: 'cloud', event, container, text, indexed: undefined },
    at,
    day: dayOf(at),
    values: {
      ...placeValues(userName, accountId, container),
      results: resultsOfEvent(event),
      sources: sourcesOfEvent(event),
      engines: [],
      exits: [],
    },
    found: undefined,
  }
}

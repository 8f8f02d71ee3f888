import { randomUUID } from 'node:crypto'
import { PortholeError } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'
import type { LogBatch, LogSource } from '../../contract/logs.ts'
import type { Answer, Params } from '../../contract/methods.ts'
import type { AwsClients } from '../aws/clients.ts'
import type { Clock } from '../clock.ts'
import { FilteredReader } from './filtered-reader.ts'
import { createLogCalls } from './log-calls.ts'
import type { LogReader, ReaderPlace } from './log-reader.ts'
import { LogView, viewClosed } from './log-view.ts'
import { StreamReader } from './stream-reader.ts'
import { createTaskSources } from './task-sources.ts'
import { readWholeLine } from './whole-line.ts'

/** Container logs in CloudWatch Logs. The methods are those of the contract. */
export interface LogsService extends Disposable {
  /**
   * @param owner whose view it is; `closeOf` closes all of them
   * @throws {PortholeError} NOT_FOUND when ECS knows the task no more, and those of `AwsClients.call`
   */
  open(owner: object, request: Params<'logs.open'>): Promise<Answer<'logs.open'>>
  older(id: string, lines: number): Promise<LogBatch>
  newer(id: string): Promise<LogBatch>
  whole(request: Params<'logs.whole'>): Promise<string>
  close(id: string): void
  closeOf(owner: object): void
}

/** More tabs than anybody has, and an end for a page that forgets to close. */
const viewsPerOwner = 50

interface OpenView {
  owner: object
  view: LogView
  scope: Scope
  sources: LogSource[]
}

export function createLogsService({ clients, clock }: { clients: AwsClients; clock: Clock }): LogsService {
  const calls = createLogCalls(clients)
  const sourcesOf = createTaskSources(clients)
  const views = new Map<string, OpenView>()

  function viewOf(id: string): OpenView {
    const open = views.get(id)
    if (open) return open
    throw viewClosed()
  }

  function readerOf(scope: Scope, place: ReaderPlace, pattern: string | undefined): LogReader {
    return pattern === undefined
      ? new StreamReader(place, (input) => calls.getLogEvents(scope, input))
      : new FilteredReader(place, pattern, (input) => calls.filterLogEvents(scope, input), clock.now())
  }

  function closeOne(id: string): void {
    views.get(id)?.view[Symbol.dispose]()
    views.delete(id)
  }

  return {
    async open(owner, { task, range, pattern }) {
      const sources = await sourcesOf(task)
      const readers = new Map<number, LogReader>()
      sources.forEach(({ group, stream, region, problem }, source) => {
        if (problem !== undefined || group === undefined || stream === undefined) return
        const scope = { ...task.scope, region: region ?? task.scope.region }
        readers.set(source, readerOf(scope, { source, group, stream, ...range }, pattern))
      })
      const own = [...views].filter(([, open]) => open.owner === owner)
      for (const [oldest] of own.slice(0, Math.max(0, own.length - viewsPerOwner + 1))) closeOne(oldest)
      const id = randomUUID()
      const view = new LogView({ readers, follows: range.to === undefined, clock })
      views.set(id, { owner, view, scope: task.scope, sources })
      return { id, sources }
    },
    older: async (id, lines) => viewOf(id).view.older(lines),
    newer: async (id) => viewOf(id).view.newer(),
    async whole({ id, source, at, length }) {
      const { scope, sources } = viewOf(id)
      const { group, stream, region } = sources[source] ?? {}
      if (group === undefined || stream === undefined) throw lineGone()
      const where = { ...scope, region: region ?? scope.region }
      const text = await readWholeLine((input) => calls.getLogEvents(where, input), {
        group,
        stream,
        at,
        length,
      })
      if (text === undefined) throw lineGone()
      return text
    },
    close: closeOne,
    closeOf(owner) {
      for (const [id, open] of views) if (open.owner === owner) closeOne(id)
    },
    [Symbol.dispose]() {
      for (const id of [...views.keys()]) closeOne(id)
    },
  }
}

function lineGone(): PortholeError {
  return new PortholeError({
    code: 'NOT_FOUND',
    message: 'This line is not in CloudWatch Logs any more.',
    action: 'The retention of the log group may have ended.',
  })
}

import { PortholeError } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'
import type { LogBatch, LogSource, LogSpikes, LogTask } from '../../contract/logs.ts'
import type { Answer, Params } from '../../contract/methods.ts'
import type { AwsClients } from '../aws/clients.ts'
import type { Clock } from '../clock.ts'
import { ErrorReader } from './error-reader.ts'
import { FilteredReader } from './filtered-reader.ts'
import { createLogCalls } from './log-calls.ts'
import type { LogReader, ReaderPlace } from './log-reader.ts'
import { LogView } from './log-view.ts'
import { OpenReadings } from './open-readings.ts'
import { SpikeSearch } from './spike-search.ts'
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
  /**
   * @param owner as for `open`
   * @throws {PortholeError} as `open`
   */
  openSpikes(owner: object, request: Params<'logs.openSpikes'>): Promise<Answer<'logs.openSpikes'>>
  spikes(id: string, further: boolean): Promise<LogSpikes>
  /** Ends a view or a search for spikes. */
  close(id: string): void
  closeOf(owner: object): void
}

/** A view, and what finds a whole line of it again. */
interface OpenView extends Disposable {
  view: LogView
  scope: Scope
  sources: LogSource[]
}

export function createLogsService({ clients, clock }: { clients: AwsClients; clock: Clock }): LogsService {
  const calls = createLogCalls(clients)
  const sourcesOf = createTaskSources(clients)
  const views = new OpenReadings<OpenView>()
  const searches = new OpenReadings<SpikeSearch>()

  function readerOf(scope: Scope, place: ReaderPlace, pattern: string | undefined): LogReader {
    return pattern === undefined
      ? new StreamReader(place, (input) => calls.getLogEvents(scope, input))
      : new FilteredReader(place, pattern, (input) => calls.filterLogEvents(scope, input), clock.now())
  }

  return {
    async open(owner, { task, range, pattern }) {
      const sources = await sourcesOf(task)
      const readers = readersOf(task, sources, (scope, place) =>
        readerOf(scope, { ...place, ...range }, pattern),
      )
      const view = new LogView({ readers, follows: range.to === undefined, clock })
      const { scope } = task
      const id = views.add(owner, { view, scope, sources, [Symbol.dispose]: () => view[Symbol.dispose]() })
      return { id, sources }
    },
    older: async (id, lines) => views.get(id).view.older(lines),
    newer: async (id) => views.get(id).view.newer(),
    async whole({ id, source, at, length }) {
      const { scope, sources } = views.get(id)
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
    async openSpikes(owner, { task, range }) {
      const sources = await sourcesOf(task)
      const readers = readersOf(
        task,
        sources,
        (scope, place) =>
          new ErrorReader(place, range, (input, signal) => calls.filterLogEvents(scope, input, signal)),
      )
      return { id: searches.add(owner, new SpikeSearch({ sources, readers, range })), sources }
    },
    spikes: async (id, further) => searches.get(id).read(further),
    close(id) {
      views.close(id)
      searches.close(id)
    },
    closeOf(owner) {
      views.closeOf(owner)
      searches.closeOf(owner)
    },
    [Symbol.dispose]() {
      views[Symbol.dispose]()
      searches[Symbol.dispose]()
    },
  }
}

/** A reader for each source that can be read, by its position. */
function readersOf<Reader>(
  { scope }: LogTask,
  sources: readonly LogSource[],
  create: (scope: Scope, place: Omit<ReaderPlace, 'from' | 'to'>) => Reader,
): Map<number, Reader> {
  const readers = new Map<number, Reader>()
  sources.forEach(({ group, stream, region, problem }, source) => {
    if (problem !== undefined || group === undefined || stream === undefined) return
    readers.set(source, create({ ...scope, region: region ?? scope.region }, { source, group, stream }))
  })
  return readers
}

function lineGone(): PortholeError {
  return new PortholeError({
    code: 'NOT_FOUND',
    message: 'This line is not in CloudWatch Logs any more.',
    action: 'The retention of the log group may have ended.',
  })
}

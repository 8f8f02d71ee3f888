import type {
  FilterLogEventsCommandInput,
  FilterLogEventsCommandOutput,
  GetLogEventsCommandInput,
  GetLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import PQueue from 'p-queue'
import { PortholeError } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'
import type { AwsClients } from '../aws/clients.ts'

/**
 * CloudWatch Logs lets an account read about 25 pages of streams a second in a
 * Region and search about 5 times. Others in the account read too.
 */
const readsPerSecond = 10
const searchesPerSecond = 3
const callsAtOnce = 4

/** The two ways to read, as fast as an account may. Every call throws a PortholeError. */
export interface LogCalls {
  getLogEvents(scope: Scope, input: GetLogEventsCommandInput): Promise<GetLogEventsCommandOutput>
  /** @param signal takes the call back, also while it waits for its turn; the promise then rejects with its reason */
  filterLogEvents(
    scope: Scope,
    input: FilterLogEventsCommandInput,
    signal?: AbortSignal,
  ): Promise<FilterLogEventsCommandOutput>
}

export function createLogCalls(clients: AwsClients): LogCalls {
  const queues = new Map<string, PQueue>()

  function queueOf({ accountId, region }: Scope, kind: 'read' | 'search'): PQueue {
    const key = `${accountId} ${region} ${kind}`
    const existing = queues.get(key)
    if (existing) return existing
    const intervalCap = kind === 'read' ? readsPerSecond : searchesPerSecond
    const queue = new PQueue({ concurrency: callsAtOnce, interval: 1000, intervalCap })
    queues.set(key, queue)
    return queue
  }

  return {
    getLogEvents(scope, input) {
      const what = { action: 'logs:GetLogEvents', resource: input.logGroupName }
      return queueOf(scope, 'read').add(() =>
        explained(input, () => clients.call('logs', scope, what, (logs) => logs.getLogEvents(input))),
      )
    },
    filterLogEvents(scope, input, signal) {
      const what = { action: 'logs:FilterLogEvents', resource: input.logGroupName }
      const how = signal === undefined ? {} : { abortSignal: signal }
      const work = () =>
        explained({ ...input, logStreamName: input.logStreamNames?.[0] }, () =>
          clients.call('logs', scope, what, (logs) => logs.filterLogEvents(input, how)),
        )
      return queueOf(scope, 'search').add(work, signal === undefined ? {} : { signal })
    },
  }
}

interface Asked {
  logGroupName?: string | undefined
  logStreamName?: string | undefined
}

/** What some answers of CloudWatch Logs mean for a container. */
async function explained<Answer>(asked: Asked, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call()
  } catch (thrown) {
    if (!(thrown instanceof PortholeError)) throw thrown
    const { code, detail = '' } = thrown.value
    if (code === 'NOT_FOUND') throw nothingThere(asked, detail)
    if (/invalid filter pattern|invalid character\(s\) in term/i.test(detail)) throw badPattern(detail)
    throw thrown
  }
}

function nothingThere({ logGroupName, logStreamName }: Asked, detail: string): PortholeError {
  if (/log stream/i.test(detail))
    return new PortholeError({
      code: 'NOT_FOUND',
      message: `Nothing was logged yet: there is no stream ${logStreamName} in ${logGroupName}.`,
      detail,
      action: 'Lines appear here as soon as the container writes some.',
      retryable: true,
    })
  return new PortholeError({
    code: 'NOT_FOUND',
    message: `The log group ${logGroupName} does not exist.`,
    detail,
    action:
      'Create it, or set awslogs-create-group in the task definition and allow logs:CreateLogGroup to the execution role.',
    retryable: true,
  })
}

function badPattern(detail: string): PortholeError {
  return new PortholeError({
    code: 'INVALID_REQUEST',
    message: 'CloudWatch Logs does not understand this filter pattern.',
    detail,
    action:
      'Put text with other characters than letters and digits in double quotes, or write { $.level = "error" } for JSON.',
  })
}

import type { Scope } from '../../../contract/identity.ts'
import type { AwsClients } from '../../aws/clients.ts'
import type { Clock } from '../../clock.ts'
import type { CloudStore, SessionEnd } from './cloud-store.ts'

/** Session Manager forgets sessions that ended longer ago. */
const historyMilliseconds = 30 * 24 * 3600_000
const pageSize = 200
/** 4,000 sessions: enough for any account's month, and an end for a list that has none. */
const mostPages = 20

/**
 * Asks Session Manager when sessions ended, and which live. It knows no
 * identity worth having, so who it was stays CloudTrail's word.
 *
 * @throws {PortholeError} those of `AwsClients.call`
 */
export async function readSessionEnds({
  clients,
  store,
  clock,
  scope,
}: {
  clients: Pick<AwsClients, 'call'>
  store: CloudStore
  clock: Clock
  scope: Scope
}): Promise<void> {
  const since = store.firstUnended(scope, clock.now() - historyMilliseconds)
  if (since === undefined) return
  const filter = { key: 'InvokedAfter' as const, value: new Date(since - 1000).toISOString() }
  // The history last: what ends between the two calls is in it.
  for (const State of ['Active', 'History'] as const) {
    let token: string | undefined
    for (let page = 0; page < mostPages; page += 1) {
      const what = { action: 'ssm:DescribeSessions' }
      const answer = await clients.call('ssm', scope, what, (ssm) =>
        ssm.describeSessions({
          State,
          Filters: [filter],
          MaxResults: pageSize,
          ...(token !== undefined && { NextToken: token }),
        }),
      )
      store.setEnds((answer.Sessions ?? []).flatMap((session) => endOf(session, State)))
      token = answer.NextToken
      if (!token) break
    }
  }
}

function endOf(
  { SessionId, EndDate }: { SessionId?: string | undefined; EndDate?: Date | undefined },
  state: 'Active' | 'History',
): SessionEnd[] {
  if (SessionId === undefined) return []
  if (state === 'Active') return [{ awsSessionId: SessionId }]
  return EndDate === undefined ? [] : [{ awsSessionId: SessionId, endedAt: EndDate.getTime() }]
}

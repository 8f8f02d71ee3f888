import type { Check } from '../check.ts'
import { wayOut } from '../way-out.ts'

/** The agent opens its connection itself, so there must be a way from the task to Session Manager. */
export const networkPath: Check = {
  id: 'network-path',
  group: 'network',
  title: 'Network path to Session Manager',
  problem: 'No way to Session Manager',
  async run(facts) {
    const network = await facts.network()
    if (!network) return { status: 'unknown', cause: 'ECS does not say in which subnet the task runs.' }
    return wayOut(network, facts.reference.scope.region, 'ssmmessages')
  },
}

import { type Check, ok } from '../check.ts'
import { wayOut } from '../way-out.ts'

/** The agent opens the key of an encrypted session itself, so it must reach KMS too. */
export const keyPath: Check = {
  id: 'key-path',
  group: 'network',
  title: 'Network path to KMS',
  problem: 'No way to KMS',
  async run(facts) {
    const { configuration } = await facts.cluster()
    if (!configuration?.executeCommandConfiguration?.kmsKeyId)
      return ok('Not needed without a key of your own.')
    const network = await facts.network()
    if (!network) return { status: 'unknown', cause: 'ECS does not say in which subnet the task runs.' }
    return wayOut(network, facts.reference.scope.region, 'kms')
  },
}

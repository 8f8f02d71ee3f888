import type { KeyMetadata } from '@aws-sdk/client-kms'
import { type Check, documents, evidenceOf, type Finding, ok } from '../check.ts'
import type { ReadinessFacts } from '../facts.ts'
import { policyText } from './caller-permission.ts'

/** A key of the customer encrypts the session end to end: the caller makes a data key, the agent opens it. */
export const sessionKey: Check = {
  id: 'session-key',
  group: 'record',
  title: 'Session key can be used',
  problem: 'The session key cannot be used',
  async run(facts) {
    const { configuration } = await facts.cluster()
    const keyId = configuration?.executeCommandConfiguration?.kmsKeyId
    if (!keyId) return ok('No key of your own is configured; TLS protects the session.')
    const key = await facts.key(keyId)
    if (key && !key.Enabled) return unusable(keyId, key)
    return (await denials(facts, key?.Arn ?? keyId)) ?? ok('It is enabled, and both ends may use it.')
  },
}

function unusable(keyId: string, { KeyState, Enabled }: KeyMetadata): Finding {
  return {
    status: 'blocked',
    certainty: 'certain',
    cause: `The key that encrypts sessions cannot be used: it is ${KeyState ?? 'disabled'}.`,
    evidence: [evidenceOf(`DescribeKey ${keyId}`, { KeyState, Enabled }, ['KeyState'])],
    fix: { text: 'Enable the key, or configure another one for the cluster.' },
    docUrl: documents.overview,
  }
}

async function denials(facts: ReadinessFacts, keyArn: string): Promise<Finding | undefined> {
  const sides = [
    { whose: 'Your role', source: await facts.callerSource(), action: 'kms:GenerateDataKey' },
    { whose: 'The task role', source: await facts.taskRole(), action: 'kms:Decrypt' },
  ]
  for (const { whose, source, action } of sides) {
    if (source === undefined) continue
    const [decision] = await facts.simulate({ source, actions: [action], resource: keyArn })
    if (decision?.allowed) continue
    return {
      status: 'blocked',
      certainty: 'possible',
      cause: `${whose} may not call ${action} on the session key. The key's own policy may allow it all the same.`,
      evidence: [
        evidenceOf(
          `SimulatePrincipalPolicy ${source}`,
          { action, resource: keyArn, decision: decision?.decision },
          ['decision'],
        ),
      ],
      fix: {
        text: 'Add this permission, in the role or in the key policy.',
        snippet: { label: 'Copy policy', text: policyText([action], [keyArn]) },
      },
      docUrl: documents.overview,
    }
  }
  return undefined
}

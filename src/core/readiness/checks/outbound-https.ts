import { type Check, documents, evidenceOf, ok } from '../check.ts'
import { coversHttps } from '../way-out.ts'

export const outboundHttps: Check = {
  id: 'outbound-https',
  group: 'network',
  title: 'Security group lets port 443 out',
  problem: 'Nothing lets port 443 out',
  async run(facts) {
    const network = await facts.network()
    const groups = (network?.networkInterface?.Groups ?? []).flatMap(
      ({ GroupId }) => network?.groups.get(GroupId ?? '') ?? [],
    )
    if (groups.length === 0) {
      return { status: 'unknown', cause: 'The task has no network interface of its own that EC2 describes.' }
    }
    const letsOut = groups.some(({ IpPermissionsEgress = [] }) => IpPermissionsEgress.some(coversHttps))
    const names = groups.map(({ GroupId = '' }) => GroupId).join(', ')
    if (letsOut) return ok(`${names} lets it out.`)
    return {
      status: 'blocked',
      certainty: 'likely',
      cause: 'No security group of the task lets HTTPS out, so the agent cannot reach Session Manager.',
      evidence: [
        evidenceOf(`DescribeSecurityGroups ${names}`, { 'outbound TCP 443': 'no rule' }, [
          'outbound TCP 443',
        ]),
      ],
      fix: { text: 'Add an outbound rule for TCP 443 to the security group of the task.' },
      docUrl: documents.endpoints,
    }
  },
}

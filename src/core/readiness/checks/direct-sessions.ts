import { type Check, documents, evidenceOf, ok } from '../check.ts'

/** Sessions that go past ECS leave no record of ECS Exec, so AWS advises to deny them. */
export const directSessions: Check = {
  id: 'direct-sessions',
  group: 'access',
  title: 'Direct ssm:StartSession denied, as advised',
  problem: 'Your role may go past ECS',
  async run({ callerSource, simulate, reference }) {
    const source = await callerSource()
    if (source === undefined) {
      return { status: 'unknown', cause: 'IAM can simulate roles and users only, and you are neither.' }
    }
    const [decision] = await simulate({ source, actions: ['ssm:StartSession'], resource: reference.taskArn })
    if (!decision?.allowed) return ok('ssm:StartSession on the task is denied.')
    return {
      status: 'advice',
      certainty: 'possible',
      quiet: true,
      cause: 'Your role may open sessions past ECS, which ECS Exec neither logs nor records.',
      evidence: [
        evidenceOf('SimulatePrincipalPolicy', {
          role: source,
          action: 'ssm:StartSession',
          decision: decision.decision,
        }),
      ],
      fix: { text: 'Deny ssm:StartSession on arn:*:ecs:*:*:task/* to people.' },
      docUrl: documents.overview,
    }
  },
}

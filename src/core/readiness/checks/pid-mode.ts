import { type Check, documents, evidenceOf, ok } from '../check.ts'

/** ECS Exec runs one session per PID namespace, and one agent answers for all who share it. */
export const pidMode: Check = {
  id: 'pid-mode',
  group: 'task',
  title: 'Own PID namespace for each container',
  problem: 'One PID namespace for all containers',
  async run(facts) {
    const { pidMode } = await facts.definition()
    if (pidMode !== 'task') return ok('Each container has its own.')
    return {
      status: 'advice',
      certainty: 'possible',
      cause:
        'The containers share one PID namespace, so one shell at a time opens, and into one container only.',
      evidence: [evidenceOf('DescribeTaskDefinition', { pidMode }, ['pidMode'])],
      fix: {
        text: 'If a second shell is refused, end the first. Take pidMode out of the task definition to have more.',
      },
      docUrl: documents.overview,
    }
  },
}

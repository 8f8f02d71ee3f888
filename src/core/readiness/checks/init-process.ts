import { type Check, documents, evidenceOf, listed, ok } from '../check.ts'

/** Without one, what shells leave behind stays as zombies. Most definitions have none, so this is said quietly. */
export const initProcess: Check = {
  id: 'init-process',
  group: 'container',
  title: 'Init process on',
  problem: 'No init process',
  async run(facts) {
    const { containerDefinitions = [] } = await facts.definition()
    const without = containerDefinitions.filter(({ linuxParameters }) => !linuxParameters?.initProcessEnabled)
    const isWindows = /windows/i.test((await facts.task()).platformFamily ?? '')
    if (isWindows) return ok('Windows needs none.')
    if (without.length === 0) return ok('In every container.')
    const names = without.map(({ name = '' }) => name)
    return {
      status: 'advice',
      certainty: 'possible',
      quiet: true,
      cause: `Nothing in ${listed(names)} tidies up after processes that a shell leaves behind.`,
      evidence: names.map((name) =>
        evidenceOf(`DescribeTaskDefinition ${name}`, { 'linuxParameters.initProcessEnabled': undefined }),
      ),
      fix: {
        text: 'Set it in the task definition.',
        snippet: {
          label: 'Copy task definition change',
          text: JSON.stringify({ linuxParameters: { initProcessEnabled: true } }, undefined, 2),
        },
      },
      docUrl: documents.overview,
    }
  },
}

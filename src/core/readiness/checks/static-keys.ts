import { type Check, documents, evidenceOf, listed, ok } from '../check.ts'

/** Keys of a user in these variables win over the task role, inside the agent too. Names only; values never leave here. */
const keyVariables = new Set([
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
])

export const staticKeys: Check = {
  id: 'static-keys',
  group: 'container',
  title: 'No AWS keys in the environment',
  problem: 'AWS keys in the environment',
  async run(facts) {
    const { containerDefinitions = [] } = await facts.definition()
    const overrides = (await facts.task()).overrides?.containerOverrides ?? []
    const found = containerDefinitions.flatMap(({ name = '', environment = [], secrets = [] }) => {
      const overridden = overrides.find((override) => override.name === name)?.environment ?? []
      const variables = [...environment, ...overridden].map((variable) => variable.name ?? '')
      return [
        ...variables.map((variable) => ({ name, variable, from: 'environment' })),
        ...secrets.map((secret) => ({ name, variable: secret.name ?? '', from: 'secrets' })),
      ].filter(({ variable }) => keyVariables.has(variable))
    })
    if (found.length === 0) {
      const files = containerDefinitions.some(({ environmentFiles }) => environmentFiles?.length)
      return ok(
        files
          ? 'None by name; environment files cannot be looked into.'
          : 'None, neither as variables nor as secrets.',
      )
    }
    return {
      status: 'advice',
      certainty: 'possible',
      cause: `${listed([...new Set(found.map(({ name }) => name))])} brings AWS keys of its own. The exec agent may use them instead of the task role, and then AWS refuses it.`,
      evidence: found.map(({ name, variable, from }) =>
        evidenceOf(`DescribeTaskDefinition ${name}.${from}`, { name: variable }, ['name']),
      ),
      fix: { text: 'Give the task role what the program needs, and take the keys out.' },
      docUrl: documents.taskRole,
    }
  },
}

import { type Check, documents, evidenceOf, ok } from '../check.ts'

/** The plugin only bars the way when the settings ask for it and nothing else. */
export const pluginVersion: Check = {
  id: 'plugin-version',
  group: 'computer',
  title: 'Session Manager plugin',
  problem: 'No usable Session Manager plugin',
  async run({ plugin, engine }) {
    const { candidates, used } = await plugin()
    const usable = candidates.find(({ path }) => path === used)
    if (usable) return ok(`Version ${usable.version ?? 'unknown'} is supported.`)
    const isNeeded = engine() === 'plugin'
    const [first] = candidates
    if (!first && !isNeeded) return ok('Not installed, and not needed: Porthole has an engine of its own.')
    const why = first ? (first.reason ?? 'The plugin that was found does not run.') : 'It is not installed.'
    return {
      status: isNeeded ? 'blocked' : 'advice',
      certainty: isNeeded ? 'certain' : 'possible',
      cause: isNeeded ? why : `${why} Porthole uses its own engine; the AWS CLI would use the plugin.`,
      evidence: first
        ? [evidenceOf(first.path, { version: first.version, verdict: first.verdict }, ['version'])]
        : [],
      fix: { text: 'Install or update it in the settings, or let Porthole choose the engine.' },
      docUrl: documents.plugin,
    }
  },
}

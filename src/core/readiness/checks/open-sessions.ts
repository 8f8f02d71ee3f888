import { type Check, documents, evidenceOf, ok } from '../check.ts'

/** What the SSM agent of ECS on EC2 allows when nothing else is set; Fargate's number is not published. */
const usualLimit = 2

export const openSessions: Check = {
  id: 'open-sessions',
  group: 'access',
  title: 'Sessions left',
  problem: 'Few sessions left',
  async run(facts) {
    const [counts, { pidMode }] = await Promise.all([facts.openSessions(), facts.definition()])
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
    const sharesProcesses = pidMode === 'task' && total >= 1
    const busy = [...counts].filter(([, count]) => count >= usualLimit)
    if (!sharesProcesses && busy.length === 0) {
      return ok(total === 0 ? 'No session is open.' : `${total} open at this moment.`)
    }
    return {
      status: 'advice',
      certainty: 'possible',
      cause: sharesProcesses
        ? 'A session is open, and tasks with a shared PID namespace take one at a time.'
        : `${busy.map(([name]) => name).join(', ')} has ${usualLimit} sessions or more; a further one may be refused.`,
      evidence: [
        evidenceOf(
          'DescribeSessions',
          Object.fromEntries(counts),
          busy.map(([name]) => name),
        ),
      ],
      fix: { text: 'End a session if the next one is refused.' },
      docUrl: documents.overview,
    }
  },
}

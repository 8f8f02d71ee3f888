import { clockProblem, describeDifference } from '../../aws/clock-difference.ts'
import { type Check, evidenceOf, ok } from '../check.ts'

/** Signatures that are five minutes off are refused; Porthole makes up for it, other programs do not. */
export const clock: Check = {
  id: 'clock',
  group: 'computer',
  title: 'Clock agrees with AWS',
  problem: 'The clock differs from AWS’s',
  async run({ clock }) {
    const state = clock()
    const problem = clockProblem(state)
    if (!problem) return ok('Within a minute of AWS.')
    const difference = describeDifference(state.differenceMilliseconds ?? 0)
    return {
      status: 'advice',
      cause: problem.message,
      evidence: [evidenceOf('Date header of answers', { difference }, ['difference'])],
      fix: { text: problem.action ?? '' },
    }
  },
}

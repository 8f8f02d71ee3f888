import { toErrorValue } from '../../contract/errors.ts'
import type { CheckResult } from '../../contract/readiness.ts'
import type { Check } from './check.ts'
import type { ReadinessFacts } from './facts.ts'

/** A call that hangs must not keep a report from its end; an SDK client has given up by then, as a rule. */
const checkLimitMilliseconds = 30_000

export function pendingResults(checks: readonly Check[]): CheckResult[] {
  return checks.map(({ id, group, title, problem }) => ({
    id,
    group,
    title,
    problem,
    status: 'pending',
    evidence: [],
  }))
}

/** Runs every check by itself and tells each result as it comes. Never rejects. */
export async function runChecks(
  checks: readonly Check[],
  facts: ReadinessFacts,
  after: (milliseconds: number, callback: () => void) => Disposable,
  tell: (result: CheckResult) => void,
): Promise<void> {
  await Promise.all(
    checks.map(async (check) => {
      const result = await runCheck(check, facts, after)
      tell(await temperedByExperience(result, facts))
    }),
  )
}

async function runCheck(
  check: Check,
  facts: ReadinessFacts,
  after: (milliseconds: number, callback: () => void) => Disposable,
): Promise<CheckResult> {
  const { id, group, title, problem } = check
  const late = Promise.withResolvers<never>()
  using _timer = after(checkLimitMilliseconds, () => late.reject(new Error('AWS did not answer in time.')))
  try {
    const { evidence = [], ...finding } = await Promise.race([check.run(facts), late.promise])
    return { id, group, title, problem, evidence, ...finding }
  } catch (thrown) {
    const { message, detail } = toErrorValue(thrown)
    return {
      id,
      group,
      title,
      problem,
      status: 'unknown',
      cause: `Could not check: ${message}`,
      evidence: detail ? [{ source: 'AWS said', fields: [{ name: 'answer', value: detail }] }] : [],
    }
  }
}

/** A shell that opened in this very task says more than any simulation. */
async function temperedByExperience(result: CheckResult, facts: ReadinessFacts): Promise<CheckResult> {
  if (result.status !== 'blocked' || result.certainty === 'certain') return result
  const openedAt = await facts.lastShellAt().catch(() => undefined)
  if (openedAt === undefined) return result
  return {
    ...result,
    status: 'advice',
    certainty: 'possible',
    cause: `${result.cause} All the same, a shell opened here before, so this may be wrong.`,
  }
}

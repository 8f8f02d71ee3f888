import type { PolicyDescription, StatementDescription } from '../../world/world-types.ts'

/**
 * The one policy model of the sandbox. What decides here whether a call or a
 * session is allowed also answers IAM's simulation, so the two cannot disagree.
 * Identity policies only: no boundaries, no service control or resource policies.
 */

export interface PolicyRequest {
  action: string
  resource: string
  /** Condition keys and their values, e.g. `ecs:container-name`. */
  context?: Readonly<Record<string, string>>
}

export interface PolicyDecision {
  /** In the words of IAM's `EvalDecision`. */
  decision: 'allowed' | 'explicitDeny' | 'implicitDeny'
  /** Positions in the policy of the statements that decided. */
  matched: number[]
  /** Condition keys that a statement asked for and the request did not have. */
  missing: string[]
}

export function evaluate(policy: PolicyDescription, request: PolicyRequest): PolicyDecision {
  const missing = new Set<string>()
  const matches = policy.flatMap((entry, index) => {
    const statement = statementOf(entry)
    return applies(statement, request, missing) ? [{ index, effect: statement.effect }] : []
  })
  const of = (effect: StatementDescription['effect']) =>
    matches.filter((match) => match.effect === effect).map(({ index }) => index)
  const denied = of('Deny')
  const allowed = of('Allow')
  if (denied.length > 0) return { decision: 'explicitDeny', matched: denied, missing: [...missing] }
  if (allowed.length > 0) return { decision: 'allowed', matched: allowed, missing: [...missing] }
  return { decision: 'implicitDeny', matched: [], missing: [...missing] }
}

export function isAllowed(policy: PolicyDescription, request: PolicyRequest): boolean {
  return evaluate(policy, request).decision === 'allowed'
}

/** A bare action pattern allows that action on everything. */
function statementOf(entry: string | StatementDescription): StatementDescription {
  return typeof entry === 'string' ? { effect: 'Allow', actions: [entry] } : entry
}

function applies(statement: StatementDescription, request: PolicyRequest, missing: Set<string>): boolean {
  const { actions, resources = ['*'], conditions = {} } = statement
  const isMeant =
    actions.some((pattern) => matches(pattern.toLowerCase(), request.action.toLowerCase())) &&
    resources.some((pattern) => matches(pattern, request.resource))
  if (!isMeant) return false
  return Object.entries(conditions).every(([key, patterns]) => {
    const value = contextValue(request.context ?? {}, key)
    if (value === undefined) missing.add(key)
    return value !== undefined && patterns.some((pattern) => matches(pattern, value))
  })
}

/** Names of condition keys are case-insensitive, their values are not. */
function contextValue(context: Readonly<Record<string, string>>, key: string): string | undefined {
  const found = Object.keys(context).find((name) => name.toLowerCase() === key.toLowerCase())
  return found === undefined ? undefined : context[found]
}

/** IAM's wildcards: `*` for any run of characters, `?` for one. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}

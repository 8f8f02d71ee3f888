import { AwsError } from '../http/aws-error.ts'
import type { Principal } from './access-keys.ts'

/**
 * The identity policy of a principal: an action is allowed when one of its
 * patterns matches. Denies, conditions and resource policies are not simulated.
 * @throws {AwsError} AccessDeniedException with the sentence that AWS writes
 */
export function authorize(principal: Principal, action: string, resource: string): void {
  if (isAllowed(principal.allow, action)) return
  throw new AwsError(
    'AccessDeniedException',
    `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  )
}

/** Whether one of the patterns, e.g. `ecs:Describe*`, covers the action. Case does not count in IAM. */
export function isAllowed(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()))
}

function matches(pattern: string, action: string): boolean {
  const star = pattern.indexOf('*')
  if (star === -1) return pattern === action
  return action.startsWith(pattern.slice(0, star)) && action.endsWith(pattern.slice(star + 1))
}

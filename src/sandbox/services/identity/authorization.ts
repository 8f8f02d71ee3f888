import { AwsError } from '../http/aws-error.ts'
import type { Principal } from './access-keys.ts'
import { evaluate, type PolicyRequest } from './policy.ts'

/** @throws {AwsError} AccessDeniedException with the sentence that AWS writes */
export function authorize(
  principal: Principal,
  action: string,
  resource: string,
  context: PolicyRequest['context'] = {},
): void {
  const { decision } = evaluate(principal.policy, { action, resource, context })
  if (decision === 'allowed') return
  const why =
    decision === 'explicitDeny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`
  throw new AwsError(
    'AccessDeniedException',
    `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
  )
}

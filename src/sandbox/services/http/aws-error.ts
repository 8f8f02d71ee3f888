/**
 * An answer that AWS would refuse with. Each protocol writes it in its own
 * shape; `code` is the name that clients switch on.
 */
export class AwsError extends Error {
  override name = 'AwsError'
  readonly code: string
  readonly status: number
  /** Further members of the body, e.g. `reason` of an OIDC refusal. */
  readonly members: Record<string, unknown>

  constructor(code: string, message: string, status = 400, members: Record<string, unknown> = {}) {
    super(message)
    this.code = code
    this.status = status
    this.members = members
  }
}

import { PortholeError } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'

/**
 * A bucket may lie in another Region than what uses it; S3 names it when it is
 * asked in the wrong one, and is asked again there.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
export async function inBucketRegion<Answer>(
  scope: Scope,
  ask: (where: Scope) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask(scope)
  } catch (thrown) {
    const region = regionInAnswer(thrown)
    if (region === undefined || region === scope.region) throw thrown
    return ask({ ...scope, region })
  }
}

/** AWS's own name of what a call was refused with. */
export function awsNameOf(thrown: unknown): string | undefined {
  return thrown instanceof PortholeError && thrown.cause instanceof Error ? thrown.cause.name : undefined
}

function regionInAnswer(thrown: unknown): string | undefined {
  const cause: unknown = thrown instanceof PortholeError ? thrown.cause : undefined
  if (typeof cause !== 'object' || cause === null || !('$response' in cause)) return undefined
  const { headers } = (cause.$response ?? {}) as { headers?: Record<string, string> }
  return headers?.['x-amz-bucket-region']
}

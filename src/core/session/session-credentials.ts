import type { z } from 'zod'
import { PortholeError, toErrorValue } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { sessionHostEvents, sessionHostMethods } from './session-host-contract.ts'

export interface SessionCredentialsOptions {
  credentials: (scope: Scope) => Promise<RoleCredentials>
  /** AWS refused what `credentials` gave: the next call fetches new ones. */
  forgetCredentials: (scope: Scope) => void
}

export type CredentialsWish = z.output<(typeof sessionHostEvents)['credentials.wanted']>
type CredentialsAnswer = z.input<(typeof sessionHostMethods)['credentials.give']['params']>['answer']

/** What an engine gets that needs credentials. @param scope of its session, if that is still known */
export async function answerWish(
  { credentials: ask, forgetCredentials }: SessionCredentialsOptions,
  scope: Scope | undefined,
  { refusedAccessKeyId }: CredentialsWish,
): Promise<CredentialsAnswer> {
  try {
    if (scope === undefined)
      throw new PortholeError({ code: 'SESSION_NOT_FOUND', message: 'The session is no longer known.' })
    let credentials = await ask(scope)
    if (refusedAccessKeyId !== undefined && credentials.accessKeyId === refusedAccessKeyId) {
      forgetCredentials(scope)
      credentials = await ask(scope)
    }
    return { ok: true, credentials }
  } catch (thrown) {
    return { ok: false, error: toErrorValue(thrown) }
  }
}

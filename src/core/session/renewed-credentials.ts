import type { RoleCredentials } from '../aws/credentials.ts'
import type { EngineRequest } from './engine.ts'

/** Credentials of one session that remember when AWS has refused them. */
export interface RenewedCredentials {
  get(): Promise<RoleCredentials>
  /** What `get` gave last is no longer accepted, whatever its date says: the next ones are others. */
  refused(): void
}

export function createRenewedCredentials(ask: EngineRequest['credentials']): RenewedCredentials {
  let last: string | undefined
  let refused: string | undefined
  return {
    async get() {
      const credentials = await ask(refused)
      last = credentials.accessKeyId
      return credentials
    },
    refused() {
      refused = last
    },
  }
}

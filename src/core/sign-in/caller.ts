import type { Caller, Scope } from '../../contract/identity.ts'
import type { AwsClients, CredentialSource } from '../aws/clients.ts'

/** Who AWS says a scope's credentials are. */
export interface CallerIdentity {
  /** @throws {PortholeError} as `AwsClients.call` */
  caller(scope: Scope): Promise<Caller>
}

export function createCallerIdentity({
  clients,
  credentials,
}: {
  clients: AwsClients
  credentials: CredentialSource
}): CallerIdentity {
  /** By access key: the answer cannot change for the same credentials. Only the latest of a role is kept. */
  const known = new Map<string, { accessKeyId: string; caller: Caller }>()

  return {
    async caller(scope) {
      const { accessKeyId, expiresAt } = await credentials.credentials(scope)
      const role = JSON.stringify([scope.identityId, scope.accountId, scope.roleName])
      const remembered = known.get(role)
      if (remembered?.accessKeyId === accessKeyId) return remembered.caller
      const answer = await clients.call('sts', scope, { action: 'sts:GetCallerIdentity' }, (sts) =>
        sts.getCallerIdentity({}),
      )
      const arn = answer.Arn ?? ''
      const caller: Caller = {
        arn,
        accountId: answer.Account ?? scope.accountId,
        userName: userNameOf(arn),
        expiresAt,
      }
      known.set(role, { accessKeyId, caller })
      return caller
    },
  }
}

/** `arn:aws:sts::<account>:assumed-role/<role>/<session name>`: Identity Center puts the user's name last. */
function userNameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

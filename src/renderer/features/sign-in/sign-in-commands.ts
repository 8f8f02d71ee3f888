import type { Command } from '../../app/commands/command-registry.ts'
import type { Target } from '../../app/documents/target.ts'
import type { Services } from '../../app/services.ts'
import { FileIcon, SignOutIcon } from '../../ui/icons.ts'

type Needed = Pick<Services, 'accounts' | 'identities' | 'interface'>

/** What one can do about identities beside signing in. */
export function signInCommands(services: Needed): Command[] {
  const { interface: interfaceStore } = services
  return [
    {
      id: 'signIn.signOutEverywhere',
      title: 'Sign out everywhere…',
      group: 'App',
      icon: SignOutIcon,
      when: ({ signedIn }) => signedIn,
      run: () => interfaceStore.setState({ dialog: { kind: 'sign-out-everywhere' } }),
    },
    {
      id: 'profile.write',
      title: 'Write a profile for the AWS CLI…',
      group: 'Navigator',
      icon: FileIcon,
      when: ({ target }) => writableScope(services, target) !== undefined,
      run: ({ target }) => {
        const scope = writableScope(services, target)
        if (scope !== undefined) interfaceStore.setState({ dialog: { kind: 'write-profile', scope } })
      },
    },
  ]
}

/** The scope of an account of Identity Center; what comes from a profile has one already. */
function writableScope({ accounts, identities }: Needed, target: Target | undefined) {
  const scope = scopeOf(accounts, target)
  const identity = identities.getState().identities?.find(({ id }) => id === scope?.identityId)
  return identity?.kind === 'identity-center' ? scope : undefined
}

function scopeOf(accounts: Needed['accounts'], target: Target | undefined) {
  if (target?.kind === 'container') return target.container.scope
  if (target?.kind === 'task') return target.task.scope
  if (target?.kind === 'service') return target.service.scope
  return accounts
    .getState()
    .accounts.find(
      ({ account }) => account.accountId === target?.accountId && account.identityId === target.identityId,
    )?.scope
}

import type { Settings } from '../../../contract/host.ts'
import { CloseIcon, MarkIcon, RegionIcon, UserIcon, UsersIcon } from '../../ui/icons.ts'
import type { ServiceRef } from '../documents/document.ts'
import type { Target } from '../documents/target.ts'
import type { Services } from '../services.ts'
import type { PaletteMode } from '../stores/interface-store.ts'
import { toggledFavourite, withoutAccount } from '../stores/preferences.ts'
import { changeSettings } from '../stores/settings-store.ts'
import type { Command, CommandContext } from './command-registry.ts'

type Needed = Pick<Services, 'core' | 'settings' | 'accounts' | 'interface'>

function accountOfTarget(target: Target): { identityId: string; accountId: string } {
  const { identityId, accountId } = target.kind === 'account' ? target : placeIn(target).scope
  return { identityId, accountId }
}

function placeIn(target: Exclude<Target, { kind: 'account' }>): ServiceRef {
  if (target.kind === 'service') return target.service
  return target.kind === 'task' ? target.task : target.container
}

/** Which accounts are looked at, in which Region and as whom. */
export function accountCommands({ core, settings, accounts, interface: interfaceStore }: Needed): Command[] {
  const change = (changeOf: (now: Settings, accountId: string) => Partial<Settings>) => {
    return ({ target }: CommandContext) => {
      if (target === undefined) return
      const { accountId } = accountOfTarget(target)
      void changeSettings(core, settings, changeOf(settings.getState().settings, accountId))
    }
  }
  const isChosen = ({ target }: CommandContext) => {
    const { favouriteAccounts, recentAccounts } = settings.getState().settings
    if (target === undefined || accounts.getState().others.length === 0) return false
    return [...favouriteAccounts, ...recentAccounts].includes(accountOfTarget(target).accountId)
  }
  const open = (mode: PaletteMode) => interfaceStore.setState({ dialog: { kind: 'palette', mode, text: '' } })
  return [
    {
      id: 'account.choose',
      title: 'Choose account and role…',
      group: 'Navigator',
      icon: UsersIcon,
      when: ({ signedIn }) => signedIn,
      run: () => open('accounts'),
    },
    {
      id: 'account.favourite',
      title: 'Mark or unmark account as favourite',
      group: 'Navigator',
      icon: MarkIcon,
      when: ({ target }) => target !== undefined,
      run: change((now, accountId) => toggledFavourite(now, 'favouriteAccounts', accountId)),
    },
    {
      id: 'account.remove',
      title: 'Take account out of the navigator',
      group: 'Navigator',
      icon: CloseIcon,
      when: isChosen,
      run: change(withoutAccount),
    },
    {
      id: 'region.change',
      title: 'Change region…',
      group: 'Navigator',
      icon: RegionIcon,
      keys: { mac: [{ key: 'Shift+Meta+R' }], other: [{ key: 'Ctrl+Shift+R' }] },
      when: ({ signedIn }) => signedIn,
      run: ({ target }) => {
        const mode = target === undefined ? 'region' : { regionFor: accountOfTarget(target) }
        open(mode)
      },
    },
    {
      id: 'region.changeAll',
      title: 'Change region of all accounts…',
      group: 'Navigator',
      icon: RegionIcon,
      when: ({ signedIn }) => signedIn,
      run: () => open('region'),
    },
    {
      id: 'role.change',
      title: 'Change role…',
      group: 'Navigator',
      icon: UserIcon,
      when: ({ target }) => target !== undefined,
      run: ({ target }) => {
        if (target === undefined) return
        const mode = { roleFor: accountOfTarget(target) }
        open(mode)
      },
    },
  ]
}

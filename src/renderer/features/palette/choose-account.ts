import type { Services } from '../../app/services.ts'
import { chosenAccount } from '../../app/stores/preferences.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import type { AccessEntry } from './search-access.ts'

type Needed = Pick<Services, 'core' | 'settings' | 'accounts' | 'navigator' | 'interface'>

/** Works in an account from now on: it is looked at, open and selected in the navigator. */
export function chooseAccount(services: Needed, { account, roleName }: AccessEntry): void {
  const { core, settings, accounts, navigator, interface: interfaceStore } = services
  const { identityId, accountId } = account
  const isInView = () =>
    accounts
      .getState()
      .accounts.some((view) => view.account.accountId === accountId && view.account.identityId === identityId)
  const select = () => {
    const row = `${identityId}/${accountId}`
    navigator.setState(({ toggled }) => ({
      filter: '',
      selectedId: row,
      target: { kind: 'account', identityId, accountId },
      toggled: { ...toggled, [row]: true },
    }))
  }

  interfaceStore.setState({ navigatorShown: true })
  if (isInView()) select()
  else {
    // A row that is not there yet cannot keep the selection.
    const stop = accounts.subscribe(() => {
      if (!isInView()) return
      stop()
      select()
    })
  }
  void changeSettings(core, settings, chosenAccount(settings.getState().settings, accountId, roleName))
}

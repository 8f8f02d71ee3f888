import { useServiceStore } from '../../app/services.ts'
import { accountName, chooseRole } from '../../app/stores/accounts-store.ts'
import { groupedAccountId } from '../../ui/account-id.ts'
import { EnvironmentSquare } from '../../ui/environment.tsx'
import { Name } from '../../ui/name.tsx'
import { FavouriteButton } from './favourite-button.tsx'
import { Highlight } from './highlight.tsx'
import styles from './palette.module.css'
import type { AccessMatch } from './search-access.ts'

/** An account with the role it would be entered as, or one of its roles. */
export function AccessRow({ match }: { match: AccessMatch }) {
  const { account, roleName } = match.entry
  const roles = useServiceStore(
    'access',
    ({ byIdentity }) => byIdentity[account.identityId]?.roles[account.accountId],
  )
  const remembered = useServiceStore('settings', (state) => state.settings.roles)
  const usual = roles && chooseRole(roles, remembered, account.accountId)
  const isCurrent = useServiceStore('accounts', ({ accounts }) =>
    accounts.some(
      (view) =>
        view.account.accountId === account.accountId &&
        view.account.identityId === account.identityId &&
        (roleName === undefined || view.roleName === roleName),
    ),
  )
  return (
    <>
      <EnvironmentSquare environment={account.environment} />
      <Highlight className={styles.title} text={accountName(account)} ranges={match.nameRanges} />
      <span className={styles.crumbs}>
        {roleName !== undefined ? (
          <Highlight text={roleName} ranges={match.roleRanges} />
        ) : usual !== undefined ? (
          <>
            <Name text={usual} />
            {roles !== undefined && roles.length > 1 && <span>and {roles.length - 1} more</span>}
          </>
        ) : null}
      </span>
      <span className={styles.end}>
        {isCurrent && <span>In the navigator</span>}
        <span className={styles.mono}>{groupedAccountId(account.accountId)}</span>
        <FavouriteButton list="favouriteAccounts" item={account.accountId} />
      </span>
    </>
  )
}

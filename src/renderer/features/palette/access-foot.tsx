import { useEffect } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { keyCaps } from '../../app/commands/keys.ts'
import { useServiceStore, useServices } from '../../app/services.ts'
import { IconButton } from '../../ui/button.tsx'
import { Spinner } from '../../ui/glyphs.tsx'
import { RefreshIcon } from '../../ui/icons.ts'
import { Kbd } from '../../ui/kbd.tsx'
import { Name } from '../../ui/name.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { useSignedIn } from './access-groups.ts'
import styles from './palette.module.css'

/** How complete and how fresh the list of accounts and roles is. While it is open, roles are read. */
export function AccessFoot() {
  const { core } = useServices()
  const signedIn = useSignedIn()
  const { accounts, oldest, done, total, listing, problem } = useServiceStore(
    'access',
    useShallow(({ byIdentity }) => {
      const lists = signedIn.flatMap((id) => byIdentity[id] ?? [])
      const times = lists.flatMap(({ readAt }) => readAt ?? [])
      return {
        accounts: lists.reduce((sum, list) => sum + list.accounts.length, 0),
        oldest: times.length === 0 ? undefined : Math.min(...times),
        done: lists.reduce((sum, { reading }) => sum + (reading?.done ?? 0), 0),
        total: lists.reduce((sum, { reading }) => sum + (reading?.total ?? 0), 0),
        listing: lists.some((list) => list.listing),
        problem: lists.flatMap((list) => list.problem ?? Object.values(list.roleProblems))[0],
      }
    }),
  )
  useEffect(() => {
    for (const identityId of signedIn) void core.call('access.readRoles', { identityId })
  }, [core, signedIn])

  const refresh = async () => {
    for (const identityId of signedIn) {
      await core.call('access.refresh', { identityId })
      void core.call('access.readRoles', { identityId })
    }
  }
  return (
    <div className={styles.hints}>
      {total > 0 ? (
        <span role="status" className={styles.progress}>
          <progress value={done} max={total} aria-label="Reading roles" />
          Roles of {done} of {total} accounts
        </span>
      ) : listing ? (
        <span role="status">
          <Spinner size={12} />
          Reading accounts
        </span>
      ) : (
        <span role="status">
          {accounts === 1 ? '1 account' : `${accounts.toLocaleString('en')} accounts`}
          {oldest !== undefined && (
            <>
              , read <RelativeTime timestamp={oldest} />
            </>
          )}
        </span>
      )}
      {problem !== undefined && <Name className={styles.blocked} text={problem.message} />}
      <span className={styles.grow} />
      <FavouriteKeys />
      <IconButton label="Read again" onClick={() => void refresh()}>
        <RefreshIcon size={14} stroke={1.75} aria-hidden />
      </IconButton>
    </div>
  )
}

export function FavouriteHint() {
  return (
    <div className={styles.hints}>
      <span className={styles.grow} />
      <FavouriteKeys />
    </div>
  )
}

function FavouriteKeys() {
  const { host } = useServices()
  return (
    <span>
      <Kbd>{keyCaps('Alt+Enter', host).join(host.platform === 'darwin' ? '' : '+')}</Kbd>
      Favourite
    </span>
  )
}

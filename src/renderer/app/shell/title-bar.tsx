import { useShallow } from 'zustand/react/shallow'
import { Avatar } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/button.tsx'
import { type MenuEntry, useContextMenu } from '../../ui/context-menu.tsx'
import {
  AuditIcon,
  BackIcon,
  ChevronDownIcon,
  ForwardIcon,
  NavigatorIcon,
  SearchIcon,
  SettingsIcon,
  SignOutIcon,
  SplitIcon,
  UserIcon,
} from '../../ui/icons.ts'
import { Keys } from '../../ui/kbd.tsx'
import { Name } from '../../ui/name.tsx'
import { keyCaps } from '../commands/keys.ts'
import { useRunCommand } from '../commands/use-commands.ts'
import { useDocuments, useServiceStore, useServices } from '../services.ts'
import styles from './title-bar.module.css'
import { useFrontCaller, useFrontIdentity } from './use-front-scope.ts'

export function TitleBar() {
  const { host } = useServices()
  const run = useRunCommand()
  const navigatorShown = useServiceStore('interface', (state) => state.navigatorShown)
  const canSplit = useDocuments((state) => Object.keys(state.documents).length > 1)
  const [canGoBack, canGoForward] = useDocuments(
    useShallow((state) => [state.past.length > 0, state.future.length > 0] as const),
  )
  // The window buttons of macOS stand inside the page's own title bar.
  const roomForLights = host.platform === 'darwin' && host.abilities.nativeMenus

  return (
    <header className={styles.bar}>
      <div className={styles.left}>
        {roomForLights && <span className={styles.lights} />}
        <IconButton label="Navigator" pressed={navigatorShown} onClick={() => run('navigator.toggle')}>
          <NavigatorIcon size={16} stroke={1.6} aria-hidden />
        </IconButton>
        <IconButton label="Back" disabled={!canGoBack} onClick={() => run('tab.back')}>
          <BackIcon size={14} stroke={1.75} aria-hidden />
        </IconButton>
        <IconButton label="Forward" disabled={!canGoForward} onClick={() => run('tab.forward')}>
          <ForwardIcon size={14} stroke={1.75} aria-hidden />
        </IconButton>
      </div>
      <SearchButton />
      <div className={styles.right}>
        <IconButton label="Audit history" onClick={() => run('audit.open')}>
          <AuditIcon size={16} stroke={1.6} aria-hidden />
        </IconButton>
        <IconButton
          className="wide-only"
          label="Split right"
          disabled={!canSplit}
          onClick={() => run('tab.splitRight')}
        >
          <SplitIcon size={16} stroke={1.6} aria-hidden />
        </IconButton>
        <IconButton label="Settings" onClick={() => run('settings.open')}>
          <SettingsIcon size={16} stroke={1.6} aria-hidden />
        </IconButton>
        <WhoMenu />
      </div>
    </header>
  )
}

function SearchButton() {
  const { commands, host } = useServices()
  const run = useRunCommand()
  const command = commands.get('palette.open')
  const binding = command && commands.bindings(command)[0]
  return (
    <button type="button" className={styles.search} onClick={() => run('palette.open')}>
      <SearchIcon size={14} stroke={1.75} aria-hidden />
      <span>Search containers, tasks, sessions and commands</span>
      {binding !== undefined && <Keys caps={keyCaps(binding.key, host)} />}
    </button>
  )
}

function WhoMenu() {
  const { core, interface: interfaceStore } = useServices()
  const run = useRunCommand()
  const openMenu = useContextMenu()
  const identities = useServiceStore('identities', (state) => state.identities) ?? []
  const caller = useFrontCaller()
  const signedIn = identities.filter(({ state }) => state !== 'signed-out')
  const front = useFrontIdentity()
  const identityName = (front ?? signedIn[0])?.name
  const userName = caller?.userName ?? identityName ?? ''

  const entries: MenuEntry[] = [
    {
      label: 'Sign in to another',
      icon: UserIcon,
      run: () => interfaceStore.setState({ dialog: { kind: 'sign-in' } }),
    },
    ...signedIn.map(
      (identity): MenuEntry => ({
        label: `Sign out of ${identity.name}`,
        icon: SignOutIcon,
        run: () => void core.call('signIn.signOut', { identityId: identity.id }),
      }),
    ),
    'divider',
    { label: 'Sign out everywhere…', icon: SignOutIcon, run: () => run('signIn.signOutEverywhere') },
  ]
  return (
    <button
      type="button"
      className={styles.who}
      aria-haspopup="menu"
      onClick={(event) => openMenu(event, entries)}
    >
      <Avatar userName={userName} self />
      <Name text={userName} />
      {caller !== undefined && identityName !== undefined && (
        <span className={`${styles.identity} wide-only`}>
          <Name text={identityName} />
        </span>
      )}
      <ChevronDownIcon size={12} stroke={2} aria-hidden />
    </button>
  )
}

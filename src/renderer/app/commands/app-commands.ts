import {
  BackIcon,
  CloseIcon,
  DarkIcon,
  DiagnosticsIcon,
  ForwardIcon,
  KeyboardIcon,
  LightIcon,
  NavigatorIcon,
  NoticesIcon,
  RefreshIcon,
  SearchIcon,
  SettingsIcon,
  SplitDownIcon,
  SplitIcon,
  UserIcon,
  WindowIcon,
} from '../../ui/icons.ts'
import { diagnosticsDocument } from '../documents/document.ts'
import type { Services } from '../services.ts'
import { changeSettings } from '../stores/settings-store.ts'
import type { Command } from './command-registry.ts'
import type { KeyBindings } from './keys.ts'
import { navigatorStopAttribute } from './use-commands.ts'

type Needed = Pick<Services, 'core' | 'host' | 'settings' | 'interface' | 'workspace'>

/** Tabs, view, settings: what the frame itself can do. Features add their own. */
export function appCommands(services: Needed): Command[] {
  return [
    ...windowCommands(services),
    ...tabCommands(services),
    ...themeCommands(services),
    ...zoomCommands(services),
  ]
}

function windowCommands({ core, host, interface: interfaceStore, workspace }: Needed): Command[] {
  return [
    {
      id: 'palette.open',
      title: 'Search',
      group: 'View',
      icon: SearchIcon,
      inPalette: false,
      keys: {
        mac: [{ key: 'Meta+K' }],
        // Ctrl+K is the shell's own key for cutting to the end of the line.
        other: [{ key: 'Ctrl+K', outsideTerminal: true }, { key: 'Ctrl+Shift+K' }],
      },
      run: () => interfaceStore.setState({ dialog: { kind: 'palette', mode: 'all', text: '' } }),
    },
    {
      id: 'navigator.toggle',
      title: 'Show or hide the navigator',
      group: 'View',
      icon: NavigatorIcon,
      run: () => interfaceStore.setState((state) => ({ navigatorShown: !state.navigatorShown })),
    },
    {
      id: 'navigator.focus',
      title: 'Go to the navigator',
      group: 'View',
      icon: NavigatorIcon,
      keys: { mac: [{ key: 'Shift+Meta+E' }], other: [{ key: 'Ctrl+Shift+E' }] },
      when: ({ signedIn }) => signedIn,
      run: () => {
        const shown = interfaceStore.getState().navigatorShown
        interfaceStore.setState({ navigatorShown: true })
        if (shown) focusNavigator()
        else requestAnimationFrame(focusNavigator)
      },
    },
    {
      id: 'catalog.refresh',
      title: 'Refresh',
      group: 'Navigator',
      icon: RefreshIcon,
      when: ({ signedIn }) => signedIn,
      run: () => void core.call('catalog.refresh', {}),
    },
    {
      id: 'settings.open',
      title: 'Settings',
      group: 'App',
      icon: SettingsIcon,
      keys: { mac: [{ key: 'Meta+,' }], other: [{ key: 'Ctrl+,' }] },
      run: () => interfaceStore.setState({ dialog: { kind: 'settings' } }),
    },
    {
      id: 'shortcuts.open',
      title: 'Keyboard shortcuts',
      group: 'App',
      icon: KeyboardIcon,
      keys: { mac: [{ key: 'Meta+/' }], other: [{ key: 'Ctrl+Shift+/' }] },
      run: () => interfaceStore.setState({ dialog: { kind: 'shortcuts' } }),
    },
    {
      id: 'whoAmI.show',
      title: 'Who am I',
      group: 'App',
      icon: UserIcon,
      when: ({ signedIn }) => signedIn,
      run: () => interfaceStore.setState({ whoAmIShown: true }),
    },
    {
      id: 'notices.show',
      title: 'Show notifications',
      group: 'App',
      icon: NoticesIcon,
      run: () => interfaceStore.setState({ noticesShown: true }),
    },
    {
      id: 'diagnostics.open',
      title: 'Diagnostics',
      group: 'App',
      icon: DiagnosticsIcon,
      run: ({ signedIn }) => {
        if (signedIn) workspace.open(diagnosticsDocument)
        else interfaceStore.setState({ dialog: { kind: 'diagnostics' } })
      },
    },
    {
      id: 'window.new',
      title: 'New window',
      group: 'App',
      icon: WindowIcon,
      keys: { mac: [{ key: 'Meta+N' }], other: [{ key: 'Ctrl+Shift+N' }], browser: [] },
      when: () => host.abilities.newWindows,
      run: () => void core.call('window.openAnother', {}),
    },
    {
      id: 'signIn.open',
      title: 'Sign in…',
      group: 'App',
      icon: UserIcon,
      run: () => interfaceStore.setState({ dialog: { kind: 'sign-in' } }),
    },
  ]
}

function focusNavigator(): void {
  document.querySelector<HTMLElement>(`[${navigatorStopAttribute}][tabindex="0"]`)?.focus()
}

const tabPositions = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const

function tabCommands({ workspace }: Needed): Command[] {
  const hasTabs = () => workspace.store.getState().activeId !== undefined
  const withActive = (act: (id: string) => void) => () => {
    const { activeId } = workspace.store.getState()
    if (activeId !== undefined) act(activeId)
  }
  return [
    {
      id: 'tab.close',
      title: 'Close tab',
      group: 'Tab',
      icon: CloseIcon,
      keys: {
        mac: [{ key: 'Meta+W' }],
        other: [{ key: 'Ctrl+Shift+W' }],
        browser: [{ key: 'Alt+Shift+W' }],
      },
      when: hasTabs,
      run: withActive((id) => workspace.close(id)),
    },
    {
      id: 'tab.next',
      title: 'Next tab',
      group: 'Tab',
      icon: ForwardIcon,
      keys: {
        mac: [{ key: 'Shift+Meta+]' }],
        other: [{ key: 'Ctrl+PageDown' }],
        browser: [{ key: 'Alt+Shift+PageDown' }, { key: 'Alt+Shift+]' }],
      },
      when: hasTabs,
      run: () => workspace.stage?.activateNext(),
    },
    {
      id: 'tab.previous',
      title: 'Previous tab',
      group: 'Tab',
      icon: BackIcon,
      keys: {
        mac: [{ key: 'Shift+Meta+[' }],
        other: [{ key: 'Ctrl+PageUp' }],
        browser: [{ key: 'Alt+Shift+PageUp' }, { key: 'Alt+Shift+[' }],
      },
      when: hasTabs,
      run: () => workspace.stage?.activatePrevious(),
    },
    {
      id: 'tab.back',
      title: 'Back',
      group: 'Tab',
      icon: BackIcon,
      when: () => workspace.store.getState().past.length > 0,
      run: () => workspace.step('back'),
    },
    {
      id: 'tab.forward',
      title: 'Forward',
      group: 'Tab',
      icon: ForwardIcon,
      when: () => workspace.store.getState().future.length > 0,
      run: () => workspace.step('forward'),
    },
    {
      id: 'tab.splitRight',
      title: 'Split right',
      group: 'Tab',
      icon: SplitIcon,
      keys: { mac: [{ key: 'Meta+D' }], other: [{ key: 'Ctrl+Shift+D' }] },
      when: hasTabs,
      run: withActive((id) => workspace.stage?.moveToSplit(id, 'right')),
    },
    {
      id: 'tab.splitDown',
      title: 'Split down',
      group: 'Tab',
      icon: SplitDownIcon,
      keys: { mac: [{ key: 'Shift+Meta+D' }], other: [{ key: 'Ctrl+Alt+D' }] },
      when: hasTabs,
      run: withActive((id) => workspace.stage?.moveToSplit(id, 'down')),
    },
    ...tabPositions.map(
      (position): Command => ({
        id: `tab.${position}`,
        title: position === 1 ? 'Tab 1 to 8, last tab' : `Tab ${position}`,
        group: 'Tab',
        inPalette: false,
        inShortcuts: position === 1,
        keys: {
          mac: [{ key: `Meta+${position}` }],
          other: [{ key: `Alt+${position}` }],
          browser: [{ key: `Alt+Shift+${position}` }],
        },
        when: hasTabs,
        run: () => workspace.stage?.activateNth(position),
      }),
    ),
  ]
}

function themeCommands({ core, settings }: Needed): Command[] {
  const choose = (theme: 'light' | 'dark' | 'system') => () => void changeSettings(core, settings, { theme })
  return [
    { id: 'theme.light', title: 'Light theme', group: 'View', icon: LightIcon, run: choose('light') },
    { id: 'theme.dark', title: 'Dark theme', group: 'View', icon: DarkIcon, run: choose('dark') },
    {
      id: 'theme.system',
      title: 'Theme of the system',
      group: 'View',
      icon: SettingsIcon,
      run: choose('system'),
    },
  ]
}

/** Text sizes that the settings allow, in pixels; half a pixel is the smallest step one sees. */
const smallestText = 9
const largestText = 24
const usualText = 12.5

function zoomCommands({ core, settings }: Needed): Command[] {
  const size = (change: (now: number) => number) => () => {
    const next = change(settings.getState().settings.terminalFontSize)
    const terminalFontSize = Math.min(largestText, Math.max(smallestText, next))
    void changeSettings(core, settings, { terminalFontSize })
  }
  const keys = (key: string): KeyBindings => ({
    mac: [{ key: `Meta+${key}` }],
    other: [{ key: `Ctrl+${key}` }],
  })
  return [
    { id: 'zoom.in', title: 'Larger text', group: 'Terminal', keys: keys('='), run: size((now) => now + 1) },
    {
      id: 'zoom.out',
      title: 'Smaller text',
      group: 'Terminal',
      keys: keys('-'),
      run: size((now) => now - 1),
    },
    {
      id: 'zoom.reset',
      title: 'Usual text size',
      group: 'Terminal',
      keys: keys('0'),
      run: size(() => usualText),
    },
  ]
}

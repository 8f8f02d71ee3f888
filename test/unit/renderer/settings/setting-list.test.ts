import { beforeEach, describe, expect, it } from 'vitest'
import { defaultSettings, type Settings, settingsSchema } from '../../../../src/contract/host.ts'
import type { Services } from '../../../../src/renderer/app/services.ts'
import { createInterfaceStore } from '../../../../src/renderer/app/stores/interface-store.ts'
import { createSettingsStore } from '../../../../src/renderer/app/stores/settings-store.ts'
import { settingCommands } from '../../../../src/renderer/features/settings/setting-commands.ts'
import { settingList } from '../../../../src/renderer/features/settings/setting-list.ts'

/** What the app keeps for somebody while they work; no page of the settings has it. */
const remembered: readonly (keyof Settings)[] = [
  'region',
  'regions',
  'favouriteRegions',
  'favouriteAccounts',
  'recentRegions',
  'recentAccounts',
  'favouriteContainers',
  'recentContainers',
  'shells',
  'roles',
  'profilesInUse',
  'navigatorWidth',
  // Commands of their own.
  'navigatorOrder',
  'navigatorGrouping',
  'savedSearches',
]

describe('the settings in the palette', () => {
  it('are all that there are', () => {
    const offered = new Set([...settingList.flatMap(({ keys }) => keys), ...remembered])
    expect(Object.keys(settingsSchema.shape).filter((key) => !offered.has(key as keyof Settings))).toEqual([])
  })

  it('have a name and an id each, and one value in force wherever values can be chosen', () => {
    expect(new Set(settingList.map(({ id }) => id)).size).toBe(settingList.length)
    for (const { choices, id } of settingList)
      if (choices !== undefined)
        expect([id, choices(defaultSettings).filter(({ current }) => current).length]).toEqual([id, 1])
  })

  it('change to what was chosen, and to nothing that the settings do not take', () => {
    for (const { choices, value, id } of settingList)
      for (const choice of choices?.(defaultSettings) ?? []) {
        const changed = settingsSchema.parse({ ...defaultSettings, ...choice.change })
        expect([id, value(changed)]).toEqual([id, choice.label])
      }
  })

  it('keep a value that only the settings file has', () => {
    const own = { ...defaultSettings, retention: { days: 7 }, scrollback: 123, terminalFontSize: 9.5 }
    const values = Object.fromEntries(settingList.map(({ id, value }) => [id, value(own)]))
    expect(values).toMatchObject({
      'keep recordings': '7 days',
      'lines kept per terminal': '123',
      'terminal text size': '9.5 px',
    })
  })
})

describe('a command of a setting', () => {
  const settings = createSettingsStore()
  const interfaceStore = createInterfaceStore()
  const core = {
    call: async (_: string, change: Partial<Settings>) => ({
      ok: true,
      value: { ...settings.getState().settings, ...change },
    }),
  } as unknown as Services['core']
  const commands = settingCommands({ core, settings, interface: interfaceStore })
  const command = (title: string) => commands.find((each) => each.title === title) ?? expect.fail(title)
  const run = (title: string) => command(title).run({ target: undefined, signedIn: true })
  beforeEach(() => {
    settings.setState({ settings: defaultSettings, known: true }, true)
    interfaceStore.setState({ dialog: undefined })
  })

  it('shows the value, and switches what is off or on', () => {
    const title = 'Settings: a shell in production needs a reason'
    expect(command(title).value?.()).toBe('Off')
    run(title)
    expect(command(title).value?.()).toBe('On')
    run(title)
    expect(settings.getState().settings.production).toEqual(defaultSettings.production)
  })

  it('asks which of several', () => {
    run('Settings: engine')
    expect(interfaceStore.getState().dialog).toMatchObject({ kind: 'palette', mode: { setting: 'engine' } })
  })

  it('opens the page of the dialog for what is typed', () => {
    run('Settings: tags that are production')
    expect(interfaceStore.getState().dialog).toEqual({ kind: 'settings', section: 'production' })
  })
})

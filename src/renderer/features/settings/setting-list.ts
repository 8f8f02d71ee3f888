import type { Settings } from '../../../contract/host.ts'
import type { SettingsSection } from '../../app/stores/interface-store.ts'
import type { Choice } from '../../ui/field.tsx'
import {
  ages,
  engines,
  limitOf,
  limitValue,
  pasteGuards,
  pauses,
  scrollbacks,
  sizes,
  textSizes,
  themes,
  withOwn,
} from './setting-choices.ts'

/** A setting of the dialog as the palette offers it. */
export interface SettingEntry {
  readonly id: string
  /** In the middle of a sentence: "engine". */
  readonly name: string
  /** The page of the dialog that has it. */
  readonly section: SettingsSection
  /** Which of the settings it is about. */
  readonly keys: readonly (keyof Settings)[]
  /** Its present value in words. */
  readonly value: (now: Settings) => string
  /** What can be chosen; a setting without is changed in the dialog. Of two the other one is taken at once. */
  readonly choices?: (now: Settings) => readonly SettingChoice[]
}

export interface SettingChoice {
  readonly label: string
  readonly current: boolean
  readonly change: Partial<Settings>
}

/** Every setting of the dialog. A test holds it against all there are. */
export const settingList: readonly SettingEntry[] = [
  oneOf('theme', 'appearance', ['theme'], {
    choices: () => themes,
    value: ({ theme }) => theme,
    change: (theme) => ({ theme }),
  }),
  oneOf('terminal text size', 'appearance', ['terminalFontSize'], {
    choices: ({ terminalFontSize }) => withOwn(textSizes, terminalFontSize, (size) => `${size} px`),
    value: ({ terminalFontSize }) => String(terminalFontSize),
    change: (size) => ({ terminalFontSize: Number(size) }),
  }),
  oneOf('lines kept per terminal', 'appearance', ['scrollback'], {
    choices: ({ scrollback }) => withOwn(scrollbacks, scrollback, (lines) => lines.toLocaleString('en')),
    value: ({ scrollback }) => String(scrollback),
    change: (lines) => ({ scrollback: Number(lines) }),
  }),
  oneOf('engine', 'sessions', ['engine'], {
    choices: () => engines,
    value: ({ engine }) => engine,
    change: (engine) => ({ engine }),
  }),
  offAndOn(
    'shell integration',
    'sessions',
    ['shellIntegration'],
    ({ shellIntegration }) => shellIntegration,
    (shellIntegration) => ({ shellIntegration }),
  ),
  offAndOn(
    'install the Session Manager plugin without asking',
    'sessions',
    ['pluginInstall'],
    ({ pluginInstall }) => pluginInstall === 'automatic',
    (on) => ({ pluginInstall: on ? 'automatic' : 'ask' }),
  ),
  oneOf('show lines before they are pasted', 'sessions', ['pasteGuard'], {
    choices: () => pasteGuards,
    value: ({ pasteGuard }) => pasteGuard,
    change: (pasteGuard) => ({ pasteGuard }),
  }),
  { id: 'plugin', name: 'Session Manager plugin', section: 'sessions', keys: [], value: () => '' },
  offAndOn(
    'open shells only when they are recorded',
    'audit',
    ['recordingRequired'],
    ({ recordingRequired }) => recordingRequired,
    (recordingRequired) => ({ recordingRequired }),
  ),
  oneOf('pausing a recording', 'audit', ['recordingPause'], {
    choices: () => pauses,
    value: ({ recordingPause }) => recordingPause,
    change: (recordingPause) => ({ recordingPause }),
  }),
  oneOf('keep recordings', 'audit', ['retention'], {
    choices: ({ retention }) => withOwn(ages, retention.days, (days) => `${days} days`),
    value: ({ retention }) => limitValue(retention.days),
    change: (days, { retention }) => ({ retention: { ...retention, days: limitOf(days) } }),
  }),
  oneOf('room for recordings', 'audit', ['retention'], {
    choices: ({ retention }) => withOwn(sizes, retention.megabytes, (size) => `${size} MB`),
    value: ({ retention }) => limitValue(retention.megabytes),
    change: (size, { retention }) => ({ retention: { ...retention, megabytes: limitOf(size) } }),
  }),
  ...(['accounts', 'names', 'tags'] as const).map(
    (list): SettingEntry => ({
      id: `production ${list}`,
      name: `${list} that are production`,
      section: 'production',
      keys: ['production'],
      value: ({ production }) => production[list].join(', ') || 'None',
    }),
  ),
  offAndOn(
    'a shell in production needs a reason',
    'production',
    ['production'],
    ({ production }) => production.reasonRequired,
    (reasonRequired, { production }) => ({ production: { ...production, reasonRequired } }),
  ),
]

function oneOf<Value extends string>(
  name: string,
  section: SettingsSection,
  keys: readonly (keyof Settings)[],
  setting: {
    choices: (now: Settings) => readonly Choice<Value>[]
    value: (now: Settings) => Value
    change: (value: Value, now: Settings) => Partial<Settings>
  },
): SettingEntry {
  const choices = (now: Settings) =>
    setting.choices(now).map(({ value, label }) => ({
      label: String(label),
      current: value === setting.value(now),
      change: setting.change(value, now),
    }))
  return {
    id: name,
    name,
    section,
    keys,
    choices,
    value: (now) => choices(now).find(({ current }) => current)?.label ?? '',
  }
}

function offAndOn(
  name: string,
  section: SettingsSection,
  keys: readonly (keyof Settings)[],
  isOn: (now: Settings) => boolean,
  change: (on: boolean, now: Settings) => Partial<Settings>,
): SettingEntry {
  return oneOf(name, section, keys, {
    choices: () => [
      { value: 'off', label: 'Off' },
      { value: 'on', label: 'On' },
    ],
    value: (now) => (isOn(now) ? 'on' : 'off'),
    change: (value, now) => change(value === 'on', now),
  })
}

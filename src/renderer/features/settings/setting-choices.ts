import type { Settings } from '../../../contract/host.ts'
import type { Choice } from '../../ui/field.tsx'

export const themes: Choice<Settings['theme']>[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

export const engines: Choice<Settings['engine']>[] = [
  { value: 'auto', label: 'Automatic' },
  { value: 'built-in', label: 'Built-in' },
  { value: 'plugin', label: 'Plugin' },
]

export const pasteGuards: Choice<Settings['pasteGuard']>[] = [
  { value: 'production', label: 'Production' },
  { value: 'always', label: 'Always' },
  { value: 'never', label: 'Never' },
]

export const scrollbacks: Choice<string>[] = ['1000', '5000', '10000', '50000'].map((lines) => ({
  value: lines,
  label: Number(lines).toLocaleString('en'),
}))

/** Of those that the slider has. */
export const textSizes: Choice<string>[] = ['11', '12', '12.5', '13', '14', '16', '18', '20'].map((size) => ({
  value: size,
  label: `${size} px`,
}))

export const pauses: Choice<Settings['recordingPause']>[] = [
  { value: 'allowed', label: 'Allowed' },
  { value: 'not-production', label: 'Not in production' },
  { value: 'never', label: 'Never' },
]

const forEver = 'for ever'

export const ages: Choice<string>[] = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: forEver, label: 'For ever' },
]

export const sizes: Choice<string>[] = [
  { value: '1024', label: '1 GB' },
  { value: '10240', label: '10 GB' },
  { value: forEver, label: 'No limit' },
]

/** A limit of the settings as the value of a choice, and back. */
export function limitValue(limit: number | undefined): string {
  return String(limit ?? forEver)
}

export function limitOf(value: string): number | undefined {
  return value === forEver ? undefined : Number(value)
}

/** What somebody wrote into the settings file is a choice like the others. */
export function withOwn(
  choices: Choice<string>[],
  own: number | undefined,
  label: (value: number) => string,
): Choice<string>[] {
  if (own === undefined || choices.some(({ value }) => value === String(own))) return choices
  return [{ value: String(own), label: label(own) }, ...choices]
}

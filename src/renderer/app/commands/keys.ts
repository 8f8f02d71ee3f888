import type { HostInfo } from '../../../contract/host.ts'

/** `Ctrl+Shift+K`, `Meta+,`, `Alt+PageDown`: modifiers in this order, then one key. */
export type KeyText = string

export interface KeyBinding {
  readonly key: KeyText
  /** The key belongs to the shell while a terminal has the keyboard. */
  readonly outsideTerminal?: boolean
}

/** Keys of a command per kind of keyboard. The first one is shown. */
export interface KeyBindings {
  readonly mac: readonly KeyBinding[]
  /** Windows and Linux. */
  readonly other: readonly KeyBinding[]
  /** In place of both where the browser keeps those keys for itself. */
  readonly browser?: readonly KeyBinding[]
}

export type Keyboard = Pick<HostInfo, 'platform'> & { abilities: Pick<HostInfo['abilities'], 'allShortcuts'> }

export function bindingsFor(keys: KeyBindings | undefined, keyboard: Keyboard): readonly KeyBinding[] {
  if (keys === undefined) return []
  if (!keyboard.abilities.allShortcuts && keys.browser !== undefined) return keys.browser
  return keyboard.platform === 'darwin' ? keys.mac : keys.other
}

const sharedSymbols: Record<string, string> = {
  ' ': 'Space',
  Enter: '↵',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
}
const macSymbols: Record<string, string> = { ...sharedSymbols, Ctrl: '⌃', Alt: '⌥', Shift: '⇧', Meta: '⌘' }
const otherSymbols: Record<string, string> = {
  ...sharedSymbols,
  Meta: 'Win',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
}

/** The caps to draw for a key: `['⌘', 'K']`, `['Ctrl', 'Shift', 'K']`. */
export function keyCaps(key: KeyText, keyboard: Keyboard): string[] {
  const parts = splitKey(key)
  const symbols = keyboard.platform === 'darwin' ? macSymbols : otherSymbols
  return parts.map((part) => symbols[part] ?? part)
}

/** `Ctrl++` has a plus as its key. */
function splitKey(key: KeyText): string[] {
  const parts = key.split('+')
  if (parts.at(-1) === '') return [...parts.slice(0, -2), '+']
  return parts
}

export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

const codeOf: Record<string, string> = {
  '[': 'BracketLeft',
  ']': 'BracketRight',
  '/': 'Slash',
  ',': 'Comma',
  '=': 'Equal',
  '-': 'Minus',
}

/**
 * Whether a key press is this key. Letters go by what the layout says, so that
 * Ctrl+A stays where A is printed; where the layout gives no Latin letter
 * (Greek, or Option on a Mac) and for digits and signs, the place counts.
 */
export function matchesKey(press: KeyPress, key: KeyText): boolean {
  const parts = splitKey(key)
  const name = parts.at(-1) ?? ''
  const held = { Ctrl: press.ctrlKey, Meta: press.metaKey, Alt: press.altKey, Shift: press.shiftKey }
  for (const [modifier, isHeld] of Object.entries(held))
    if (parts.slice(0, -1).includes(modifier) !== isHeld) return false

  if (press.key.toLowerCase() === name.toLowerCase()) return true
  if (/^[A-Z]$/.test(name)) return !/^[a-z]$/i.test(press.key) && press.code === `Key${name}`
  if (/^[0-9]$/.test(name)) return press.code === `Digit${name}`
  return codeOf[name] !== undefined && press.code === codeOf[name]
}

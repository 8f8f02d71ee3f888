import { describe, expect, it } from 'vitest'
import {
  bindingsFor,
  type Keyboard,
  type KeyPress,
  keyCaps,
  matchesKey,
} from '../../../src/renderer/app/commands/keys.ts'

const mac: Keyboard = { platform: 'darwin', abilities: { allShortcuts: true } }
const linux: Keyboard = { platform: 'linux', abilities: { allShortcuts: true } }
const browserOnLinux: Keyboard = { platform: 'linux', abilities: { allShortcuts: false } }

function press(key: string, code: string, ...held: ('ctrl' | 'meta' | 'alt' | 'shift')[]): KeyPress {
  return {
    key,
    code,
    ctrlKey: held.includes('ctrl'),
    metaKey: held.includes('meta'),
    altKey: held.includes('alt'),
    shiftKey: held.includes('shift'),
  }
}

describe('keyCaps', () => {
  it('draws symbols on a Mac and words elsewhere', () => {
    expect(keyCaps('Shift+Meta+R', mac)).toEqual(['⇧', '⌘', 'R'])
    expect(keyCaps('Ctrl+Shift+K', linux)).toEqual(['Ctrl', 'Shift', 'K'])
    expect(keyCaps('Ctrl+PageDown', linux)).toEqual(['Ctrl', 'PgDn'])
    expect(keyCaps('Alt+Enter', mac)).toEqual(['⌥', '↵'])
  })

  it('knows plus as a key', () => {
    expect(keyCaps('Ctrl++', linux)).toEqual(['Ctrl', '+'])
  })
})

describe('bindingsFor', () => {
  const keys = {
    mac: [{ key: 'Meta+T' }],
    other: [{ key: 'Ctrl+Shift+T' }],
    browser: [{ key: 'Alt+Shift+T' }],
  }

  it('takes the keys of the platform, and the browser’s where it keeps those', () => {
    expect(bindingsFor(keys, mac)).toEqual(keys.mac)
    expect(bindingsFor(keys, linux)).toEqual(keys.other)
    expect(bindingsFor(keys, browserOnLinux)).toEqual(keys.browser)
  })

  it('keeps the usual keys where the browser leaves them alone', () => {
    const { browser: _, ...free } = keys
    expect(bindingsFor(free, browserOnLinux)).toEqual(keys.other)
  })
})

describe('matchesKey', () => {
  it('wants exactly the modifiers named', () => {
    expect(matchesKey(press('k', 'KeyK', 'ctrl'), 'Ctrl+K')).toBe(true)
    expect(matchesKey(press('K', 'KeyK', 'ctrl', 'shift'), 'Ctrl+K')).toBe(false)
    expect(matchesKey(press('K', 'KeyK', 'ctrl', 'shift'), 'Ctrl+Shift+K')).toBe(true)
    expect(matchesKey(press('k', 'KeyK'), 'Ctrl+K')).toBe(false)
  })

  it('goes by the printed letter on a Latin layout', () => {
    // AZERTY: the key in place of Q prints A.
    expect(matchesKey(press('a', 'KeyQ', 'ctrl'), 'Ctrl+A')).toBe(true)
    expect(matchesKey(press('a', 'KeyQ', 'ctrl'), 'Ctrl+Q')).toBe(false)
  })

  it('goes by the place where the layout prints no Latin letter', () => {
    expect(matchesKey(press('л', 'KeyK', 'ctrl'), 'Ctrl+K')).toBe(true)
    expect(matchesKey(press('ˇ', 'KeyT', 'alt', 'shift'), 'Alt+Shift+T')).toBe(true)
  })

  it('finds digits and signs under Shift', () => {
    expect(matchesKey(press('!', 'Digit1', 'alt', 'shift'), 'Alt+Shift+1')).toBe(true)
    expect(matchesKey(press('?', 'Slash', 'ctrl', 'shift'), 'Ctrl+Shift+/')).toBe(true)
    expect(matchesKey(press('}', 'BracketRight', 'meta', 'shift'), 'Shift+Meta+]')).toBe(true)
  })
})

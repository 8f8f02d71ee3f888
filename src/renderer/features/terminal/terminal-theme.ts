import type { ITheme } from '@xterm/xterm'

const tokens = {
  background: '--term-bg',
  foreground: '--term-fg',
  cursor: '--term-cursor',
  cursorAccent: '--term-bg',
  selectionBackground: '--term-selection',
  scrollbarSliderBackground: '--line-strong',
  scrollbarSliderHoverBackground: '--text-off',
  scrollbarSliderActiveBackground: '--text-off',
  black: '--term-black',
  red: '--term-red',
  green: '--term-green',
  yellow: '--term-yellow',
  blue: '--term-blue',
  magenta: '--term-magenta',
  cyan: '--term-cyan',
  white: '--term-white',
  brightBlack: '--term-bright-black',
  brightRed: '--term-bright-red',
  brightGreen: '--term-bright-green',
  brightYellow: '--term-bright-yellow',
  brightBlue: '--term-bright-blue',
  brightMagenta: '--term-bright-magenta',
  brightCyan: '--term-bright-cyan',
  brightWhite: '--term-bright-white',
} as const satisfies Partial<Record<keyof ITheme, string>>

/** xterm draws on its own, so it gets the values of the tokens instead of their names. */
export function readTerminalTheme(): ITheme {
  const style = getComputedStyle(document.documentElement)
  const entries = Object.entries(tokens).map(([key, token]) => [key, style.getPropertyValue(token).trim()])
  return Object.fromEntries(entries)
}

/** Colours of find hits, which the search addon wants as #rrggbb. */
export function readMatchColours(): { match: string; current: string } {
  const style = getComputedStyle(document.documentElement)
  return {
    match: style.getPropertyValue('--match').trim(),
    current: style.getPropertyValue('--match-current').trim(),
  }
}

/** The row of a command that was gone to, as #rrggbb. */
export function readHighlightColour(): string {
  return getComputedStyle(document.documentElement).getPropertyValue(tokens.selectionBackground).trim()
}

export function readTerminalFont(): string {
  return getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim()
}

/** Calls back after light and dark were swapped. */
export function onSchemeApplied(listener: () => void): Disposable {
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  return { [Symbol.dispose]: () => observer.disconnect() }
}

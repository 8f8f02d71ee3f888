import type { Settings } from '../../../contract/host.ts'

export type ThemeChoice = Settings['theme']
export type Scheme = 'light' | 'dark'

/** The last choice, kept by the page so that its first frame already has the right colours. */
const storageKey = 'porthole.theme'

const systemDark = '(prefers-color-scheme: dark)'

function resolveScheme(choice: ThemeChoice, systemIsDark: boolean): Scheme {
  if (choice !== 'system') return choice
  return systemIsDark ? 'dark' : 'light'
}

function isThemeChoice(value: string | null): value is ThemeChoice {
  return value === 'light' || value === 'dark' || value === 'system'
}

export function rememberedTheme(): ThemeChoice {
  const stored = localStorage.getItem(storageKey)
  return isThemeChoice(stored) ? stored : 'system'
}

/** Applies a choice to the document and keeps it; returns the scheme it led to. */
export function applyTheme(choice: ThemeChoice): Scheme {
  const scheme = resolveScheme(choice, matchMedia(systemDark).matches)
  document.documentElement.dataset.theme = scheme
  localStorage.setItem(storageKey, choice)
  return scheme
}

/** Calls back when the system changes between light and dark. */
export function onSystemSchemeChange(listener: () => void): Disposable {
  const query = matchMedia(systemDark)
  query.addEventListener('change', listener)
  return { [Symbol.dispose]: () => query.removeEventListener('change', listener) }
}

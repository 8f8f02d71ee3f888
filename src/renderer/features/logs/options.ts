import type { LevelFilter, Search } from './log-filter.ts'

/** What of the lines is shown, and how. */
export interface ViewOptions {
  readonly search: Search
  readonly onlyMatches: boolean
  readonly level: LevelFilter
  /** Names of containers that are left out. */
  readonly hidden: ReadonlySet<string>
  /** The one container that somebody asked for, until they choose otherwise. */
  readonly only: string | undefined
  readonly shells: boolean
  readonly wrap: boolean
  readonly follow: boolean
}

export function initialOptions(containerName: string | undefined): ViewOptions {
  return {
    search: { text: '', matchCase: false, isExpression: false },
    onlyMatches: false,
    level: 'all',
    hidden: new Set(),
    only: containerName,
    shells: true,
    wrap: false,
    follow: true,
  }
}

/** What leaves no line out. */
export const everyLine = {
  onlyMatches: false,
  level: 'all',
  hidden: new Set<string>(),
  only: undefined,
} satisfies Partial<ViewOptions>

export function isContainerShown({ hidden, only }: ViewOptions, name: string): boolean {
  return only === undefined ? !hidden.has(name) : name === only
}

/** The options with one container shown or left out. */
export function toggleContainer(
  options: ViewOptions,
  name: string,
  all: readonly string[],
): Pick<ViewOptions, 'hidden' | 'only'> {
  const hidden = new Set(all.filter((each) => !isContainerShown(options, each)))
  if (!hidden.delete(name)) hidden.add(name)
  return { hidden, only: undefined }
}

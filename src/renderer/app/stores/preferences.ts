import type { Settings } from '../../../contract/host.ts'

/** As many as one goes back and forth between; each recent account is looked at for as long as the app is open. */
const recentAccountsKept = 6
const recentRegionsKept = 4

function withFirst(list: readonly string[], item: string, most: number): string[] {
  return [item, ...list.filter((other) => other !== item)].slice(0, most)
}

/** Works in an account from now on, as a role when one was named. */
export function chosenAccount(settings: Settings, accountId: string, roleName?: string): Partial<Settings> {
  return {
    recentAccounts: withFirst(settings.recentAccounts, accountId, recentAccountsKept),
    ...(roleName === undefined ? {} : { roles: { ...settings.roles, [accountId]: roleName } }),
  }
}

/** Shows a Region in one account, or in all. */
export function chosenRegion(settings: Settings, region: string, accountId?: string): Partial<Settings> {
  return {
    recentRegions: withFirst(settings.recentRegions, region, recentRegionsKept),
    ...(accountId === undefined
      ? { region, regions: {} }
      : { regions: { ...settings.regions, [accountId]: region } }),
  }
}

export function toggledFavourite(
  settings: Settings,
  list: 'favouriteAccounts' | 'favouriteRegions',
  item: string,
): Partial<Settings> {
  const marked = settings[list]
  return {
    [list]: marked.includes(item) ? marked.filter((other) => other !== item) : [...marked, item],
  }
}

/** Takes an account out of what is looked at. */
export function withoutAccount(settings: Settings, accountId: string): Partial<Settings> {
  const without = (list: readonly string[]) => list.filter((other) => other !== accountId)
  return {
    favouriteAccounts: without(settings.favouriteAccounts),
    recentAccounts: without(settings.recentAccounts),
  }
}

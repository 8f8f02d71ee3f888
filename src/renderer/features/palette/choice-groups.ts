import { useMemo } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { regions, regionsBeside } from '../../app/regions.ts'
import { useServiceStore } from '../../app/services.ts'
import { accountName } from '../../app/stores/accounts-store.ts'
import type { PaletteMode } from '../../app/stores/interface-store.ts'
import { sectionTitles } from '../settings/section-titles.ts'
import { type SettingEntry, settingList } from '../settings/setting-list.ts'
import { type Ranges, titleMatcher } from './fuzzy.ts'
import type { PaletteGroup, PaletteItem } from './use-palette.ts'

/** One of a few values to pick: a region, a role, a setting's. */
export interface PaletteChoice {
  readonly id: string
  readonly of: 'region' | 'role' | 'setting'
  readonly note: string
  readonly current: boolean
  readonly favourite: boolean
  readonly ranges: Ranges
}

type Choice = Omit<PaletteChoice, 'ranges'>

interface ChoiceList {
  readonly title: string
  readonly choices: readonly Choice[]
}

export function useChoiceGroups(mode: PaletteMode, text: string): PaletteGroup[] {
  const regionLists = useRegionLists(mode)
  const roleLists = useRoleLists(mode)
  const settingLists = useSettingLists(mode)
  return useMemo(
    () =>
      [...regionLists, ...roleLists, ...settingLists].flatMap(({ title, choices }) =>
        filtered(title, choices, text),
      ),
    [regionLists, roleLists, settingLists, text],
  )
}

function filtered(title: string, choices: readonly Choice[], text: string): PaletteGroup[] {
  const texts = choices.map(({ id, note }) => `${id} ${note}`)
  const found = titleMatcher.filter(texts, text) ?? texts.map((_, position) => position)
  const items = found.flatMap((position): PaletteItem[] => {
    const choice = choices[position]
    if (choice === undefined) return []
    const ranges = titleMatcher.ranges(choice.id, text)
    return [{ kind: 'choice', id: choice.id, choice: { ...choice, ranges } }]
  })
  return items.length === 0 ? [] : [{ title, note: undefined, items }]
}

/** The account whose Region or role is chosen; absent when it is all of them, or none. */
export function accountOfMode(mode: PaletteMode): { identityId: string; accountId: string } | undefined {
  if (typeof mode !== 'object' || 'setting' in mode) return undefined
  return 'roleFor' in mode ? mode.roleFor : mode.regionFor
}

/** The setting that is chosen, if it is one. */
export function settingOfMode(mode: PaletteMode): SettingEntry | undefined {
  if (typeof mode !== 'object' || !('setting' in mode)) return undefined
  return settingList.find(({ id }) => id === mode.setting)
}

export function isRegionMode(mode: PaletteMode): boolean {
  return mode === 'region' || (typeof mode === 'object' && 'regionFor' in mode)
}

/** What was marked, what was used lately, then the Regions of the partition. Nothing stands there twice. */
function useRegionLists(mode: PaletteMode): readonly ChoiceList[] {
  const views = useServiceStore('accounts', (state) => state.accounts)
  const identities = useServiceStore('identities', (state) => state.identities)
  const { favouriteRegions, recentRegions } = useServiceStore(
    'settings',
    useShallow(({ settings }) => ({
      favouriteRegions: settings.favouriteRegions,
      recentRegions: settings.recentRegions,
    })),
  )
  return useMemo(() => {
    if (!isRegionMode(mode)) return []
    const only = accountOfMode(mode)
    const inQuestion = views.filter(
      ({ account }) => only === undefined || account.accountId === only.accountId,
    )
    const current = new Set(inQuestion.flatMap(({ scope }) => scope?.region ?? []))
    const homes = (identities ?? []).filter(
      ({ id, state }) => state !== 'signed-out' && (only === undefined || id === only.identityId),
    )
    const all = new Map(
      homes
        .flatMap(({ region, ssoRegion }) => region ?? ssoRegion ?? [])
        .flatMap(regionsBeside)
        .map(({ id, place }) => [id, place]),
    )
    if (all.size === 0) for (const { id, place } of regions) all.set(id, place)
    const marked = favouriteRegions.filter((id) => all.has(id))
    const recent = recentRegions.filter((id) => all.has(id) && !marked.includes(id))
    const rest = [...all.keys()].filter((id) => !marked.includes(id) && !recent.includes(id))
    const list = (title: string, ids: readonly string[]): ChoiceList => ({
      title,
      choices: ids.map((id) => ({
        id,
        of: 'region',
        note: all.get(id) ?? '',
        current: current.has(id),
        favourite: marked.includes(id),
      })),
    })
    return [list('Favourites', marked), list('Recent', recent), list('Regions', rest)]
  }, [mode, views, identities, favouriteRegions, recentRegions])
}

function useRoleLists(mode: PaletteMode): readonly ChoiceList[] {
  const accounts = useServiceStore('accounts', (state) => state.accounts)
  return useMemo(() => {
    if (typeof mode !== 'object' || !('roleFor' in mode)) return []
    const { identityId, accountId } = mode.roleFor
    const view = accounts.find(
      ({ account }) => account.identityId === identityId && account.accountId === accountId,
    )
    const choices = (view?.roles ?? []).map(
      (role): Choice => ({
        id: role,
        of: 'role',
        note: view === undefined ? '' : accountName(view.account),
        current: role === view?.roleName,
        favourite: false,
      }),
    )
    return [{ title: 'Roles', choices }]
  }, [mode, accounts])
}

function useSettingLists(mode: PaletteMode): readonly ChoiceList[] {
  const settings = useServiceStore('settings', (state) => state.settings)
  return useMemo(() => {
    const setting = settingOfMode(mode)
    if (setting?.choices === undefined) return []
    const choices = setting
      .choices(settings)
      .map(
        ({ label, current }): Choice => ({ id: label, of: 'setting', note: '', current, favourite: false }),
      )
    return [{ title: sectionTitles[setting.section], choices }]
  }, [mode, settings])
}

import { useMemo } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import { scopeKey } from '../../../contract/identity.ts'
import type { Command, CommandContext } from '../../app/commands/command-registry.ts'
import { useDocuments, useServiceStore, useServices } from '../../app/services.ts'
import { type ContainerEntry, containersOf } from '../../app/stores/catalog-entries.ts'
import { clusterKey } from '../../app/stores/catalog-store.ts'
import type { PaletteMode } from '../../app/stores/interface-store.ts'
import { savedSearchCommands } from '../audit/audit-commands.ts'
import { useAccessGroups } from './access-groups.ts'
import { type PaletteChoice, useChoiceGroups } from './choice-groups.ts'
import type { Ranges } from './fuzzy.ts'
import { type RecordedMatch, recordedSign, useRecorded } from './recorded-group.ts'
import type { AccessMatch } from './search-access.ts'
import {
  type CatalogMatch,
  containerKey,
  indexContainers,
  indexTasks,
  searchCatalog,
} from './search-catalog.ts'
import { searchCommands } from './search-commands.ts'
import { usePastedPlace } from './use-pasted-place.ts'

export type PaletteItem =
  | { kind: 'container'; id: string; match: CatalogMatch }
  | { kind: 'task'; id: string; match: CatalogMatch }
  | { kind: 'command'; id: string; command: Command; ranges: Ranges }
  | { kind: 'access'; id: string; match: AccessMatch }
  | { kind: 'recorded'; id: string; match: RecordedMatch }
  | { kind: 'choice'; id: string; choice: PaletteChoice }
  | { kind: 'more'; id: string; hidden: number }

export interface PaletteGroup {
  readonly title: string
  readonly note: string | undefined
  readonly items: readonly PaletteItem[]
}

/** How many of a kind are shown beside other kinds, and how many when it is the only one. */
const besideOthers = { containers: 7, commands: 5 }
const alone = 60

export interface PaletteQuery {
  readonly mode: PaletteMode
  readonly text: string
  /** Only this account's containers. */
  readonly accountId: string | undefined
  /** Show every match of the first group. */
  readonly expanded: boolean
  /** What commands are about. */
  readonly about: CommandContext
}

export function usePalette({ mode, text, accountId, expanded, about }: PaletteQuery): {
  groups: PaletteGroup[]
  /** Something may still be found. */
  isBusy: boolean
  /** Why a pasted address leads nowhere. */
  problem: ErrorValue | undefined
  /** Names that a search could have meant. */
  names: () => string[]
} {
  const entries = useEntries()
  const inScope = useMemo(
    () =>
      accountId === undefined ? entries : entries.filter(({ ref }) => ref.scope.accountId === accountId),
    [entries, accountId],
  )
  const containerIndex = useMemo(() => indexContainers(inScope), [inScope])
  const taskIndex = useMemo(() => indexTasks(inScope), [inScope])
  const commands = useAvailableCommands(about)
  const recent = useRecentContainers()
  const choices = useChoiceGroups(mode, text)
  const pasted = usePastedPlace(text)
  const access = useAccessGroups(mode === 'accounts', text, expanded)
  const recorded = useRecorded(mode === 'all' && pasted === undefined, text)

  const groups = useMemo((): PaletteGroup[] => {
    if (mode === 'accounts') return access
    if (mode !== 'all') return choices
    if (pasted !== undefined) return linkGroup(pasted.commands)
    if (text.startsWith('>')) return [commandGroup(commands, text.slice(1), alone)].flat()
    if (text.startsWith('#')) {
      const found = searchCatalog(taskIndex, text.slice(1), expanded ? Number.POSITIVE_INFINITY : alone)
      return [catalogGroup('task', 'Tasks', found)].flat()
    }
    if (text.startsWith(recordedSign)) return recordedGroup(recorded.matches)
    const limit = expanded ? Number.POSITIVE_INFINITY : besideOthers.containers
    const found = searchCatalog(containerIndex, text, limit, recent)
    return [
      catalogGroup('container', 'Containers', found),
      commandGroup(commands, text, besideOthers.commands),
      recordedGroup(recorded.matches),
    ].flat()
  }, [
    mode,
    text,
    expanded,
    containerIndex,
    taskIndex,
    commands,
    choices,
    access,
    recent,
    pasted,
    recorded.matches,
  ])

  return {
    groups,
    isBusy: recorded.isBusy,
    problem: mode === 'all' ? pasted?.problem : undefined,
    names: () => inScope.flatMap(({ ref }) => [ref.containerName, ...(ref.serviceName ?? [])].flat()),
  }
}

function catalogGroup(
  kind: 'container' | 'task',
  title: string,
  { matches, total }: { matches: CatalogMatch[]; total: number },
): PaletteGroup[] {
  if (matches.length === 0) return []
  const items = matches.map((match): PaletteItem => {
    const { taskArn, containerName, scope } = match.entry.ref
    return { kind, id: `${kind}|${scopeKey(scope)}|${taskArn}|${containerName}`, match }
  })
  const hidden = total - matches.length
  if (hidden > 0) items.push({ kind: 'more', id: 'more', hidden })
  return [{ title, note: hidden > 0 ? `${matches.length} of ${total}` : String(total), items }]
}

function linkGroup(commands: readonly Command[]): PaletteGroup[] {
  const items = commands.map(
    (command): PaletteItem => ({ kind: 'command', id: command.id, command, ranges: [] }),
  )
  return items.length === 0 ? [] : [{ title: 'Link', note: undefined, items }]
}

function recordedGroup(matches: readonly RecordedMatch[]): PaletteGroup[] {
  const items = matches.map(
    (match): PaletteItem => ({
      kind: 'recorded',
      id: `recorded|${match.session.sessionId}|${match.hit.at}`,
      match,
    }),
  )
  return items.length === 0 ? [] : [{ title: 'Recorded commands', note: 'Latest', items }]
}

function commandGroup(commands: readonly Command[], text: string, limit: number): PaletteGroup[] {
  const { matches } = searchCommands(commands, text, limit)
  if (matches.length === 0) return []
  return [
    {
      title: 'Commands',
      note: undefined,
      items: matches.map(({ command, ranges }) => ({ kind: 'command', id: command.id, command, ranges })),
    },
  ]
}

/** All containers of all accounts, in the order of the navigator. */
function useEntries(): readonly ContainerEntry[] {
  const accounts = useServiceStore('accounts', (state) => state.accounts)
  const scopes = useServiceStore('catalog', (state) => state.scopes)
  const clusters = useServiceStore('catalog', (state) => state.clusters)
  return useMemo(
    () =>
      accounts.flatMap(({ account, scope }) => {
        const arns = scope === undefined ? [] : (scopes[scopeKey(scope)]?.clusterArns ?? [])
        return arns.flatMap((arn) => {
          const cluster = scope && clusters[clusterKey(scope, arn)]
          return cluster === undefined ? [] : containersOf(account, cluster)
        })
      }),
    [accounts, scopes, clusters],
  )
}

/** Containers with an open shell, the one used last first; the one in front is where one is already. */
function useRecentContainers(): string[] {
  const visited = useDocuments((state) => state.visited)
  const documents = useDocuments((state) => state.documents)
  return useMemo(() => {
    const keys = visited.flatMap((id) => {
      const document = documents[id]
      return document?.kind === 'terminal' ? [containerKey(document.container)] : []
    })
    const [front, ...others] = [...new Set(keys)]
    return front === undefined ? [] : [...others, front]
  }, [visited, documents])
}

function useAvailableCommands(about: CommandContext): Command[] {
  const services = useServices()
  const saved = useServiceStore('settings', ({ settings }) => settings.savedSearches)
  return useMemo(
    () => [...services.commands.available(about), ...savedSearchCommands(services, saved)],
    [services, about, saved],
  )
}

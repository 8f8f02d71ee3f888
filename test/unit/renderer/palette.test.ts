import { describe, expect, it } from 'vitest'
import type { Command } from '../../../src/renderer/app/commands/command-registry.ts'
import { containersOf } from '../../../src/renderer/app/stores/catalog-entries.ts'
import { closestName, editDistance } from '../../../src/renderer/features/palette/closest-name.ts'
import {
  nameMatcher,
  pieceMatcher,
  rangesWithin,
  titleMatcher,
} from '../../../src/renderer/features/palette/fuzzy.ts'
import {
  containerKey,
  indexContainers,
  indexTasks,
  searchCatalog,
} from '../../../src/renderer/features/palette/search-catalog.ts'
import { searchCommands } from '../../../src/renderer/features/palette/search-commands.ts'
import * as world from '../../../src/renderer/preview/fixture-world.ts'

const now = 1_800_000_000_000
const accountOf = (accountId: string) => {
  const account = Object.values(world.accounts).find((each) => each.accountId === accountId)
  if (account === undefined) throw new Error(accountId)
  return account
}
const entries = world
  .clusters(now)
  .flatMap((cluster) => containersOf(accountOf(cluster.scope.accountId), cluster))
const index = indexContainers(entries)

const found = (query: string, limit = 10) =>
  searchCatalog(index, query, limit).matches.map(
    ({ fields }) => `${fields.name} ${fields.crumbs[1]} ${fields.crumbs[3]}`,
  )

/** The matched letters in brackets. */
function marked(text: string, ranges: readonly number[]): string {
  let shown = ''
  let at = 0
  for (let part = 0; part + 1 < ranges.length; part += 2) {
    shown += `${text.slice(at, ranges[part])}[${text.slice(ranges[part], ranges[part + 1])}]`
    at = ranges[part + 1] ?? 0
  }
  return shown + text.slice(at)
}

describe('searchCatalog', () => {
  it('puts names that begin with it first, production before staging, what cannot be entered last', () => {
    expect(found('ngi')).toEqual([
      'nginx 4f1c9ad2 example-prod',
      'nginx 8b0e17c4 example-prod',
      'nginx d27a5510 example-prod',
      'nginx a93e60f1 example-staging',
      'nginx-exporter 51be02d7 example-prod',
    ])
  })

  it('puts what cannot be entered behind its namesakes', () => {
    const blocked = { level: 'blocked' as const, reason: 'Agent stopped' }
    const mixed = indexContainers(
      entries.map((entry) =>
        entry.ref.taskId.startsWith('4f1c9ad2')
          ? { ...entry, container: { ...entry.container, readiness: blocked } }
          : entry,
      ),
    )
    const tasks = searchCatalog(mixed, 'nginx', 4).matches.map(({ entry }) => entry.ref.taskId.slice(0, 8))
    expect(tasks).toEqual(['8b0e17c4', 'd27a5510', 'a93e60f1', '4f1c9ad2'])
  })

  it('takes words in any order and from any part of the place', () => {
    expect(found('staging nginx')).toEqual(['nginx a93e60f1 example-staging'])
    expect(found('8b0e nginx')).toEqual(['nginx 8b0e17c4 example-prod'])
  })

  it('forgives missing letters inside a word', () => {
    expect(found('pgtools', 1)[0]).toMatch(/^postgres-tools/)
    expect(found('logrouter', 1)[0]).toMatch(/^log-router/)
    const [match] = searchCatalog(index, 'logrouter', 1).matches
    expect(marked('log-router', match?.nameRanges ?? [])).toBe('[log]-[router]')
  })

  it('takes places as they are, or a few letters would find everything', () => {
    // The letters a, p, p stand in this order in every "example-prod".
    expect(found('app', 100).every((line) => line.startsWith('app '))).toBe(true)
  })

  it('says how many there are beyond the limit', () => {
    const { matches, total } = searchCatalog(index, 'storefront', 2)
    expect(matches).toHaveLength(2)
    expect(total).toBe(20)
  })

  it('marks the letters that matched, in the name and in the place', () => {
    const [match] = searchCatalog(index, 'ngi prod', 1).matches
    expect(marked('nginx', match?.nameRanges ?? [])).toBe('[ngi]nx')
    expect(marked('example-prod', match?.crumbRanges[3] ?? [])).toBe('example-[prod]')
  })

  it('shows everything in the navigator’s order without a query', () => {
    const { matches, total } = searchCatalog(index, '  ', 3)
    expect(total).toBe(entries.length)
    expect(matches[0]?.entry).toBe(entries[0])
  })

  it('begins with what was used last when nothing is typed', () => {
    const [, , third, fourth] = entries
    if (third === undefined || fourth === undefined) throw new Error('The world is too small')
    const recent = [containerKey(fourth.ref), containerKey(third.ref)]
    const shown = (query: string) => searchCatalog(index, query, 3, recent).matches.map(({ entry }) => entry)
    expect(shown('')).toEqual([fourth, third, entries[0]])
    expect(shown('nginx')[0]?.ref.containerName).toBe('nginx')
  })

  it('finds tasks by any part of their full ID, each once', () => {
    const tasks = indexTasks(entries)
    const { matches, total } = searchCatalog(tasks, '4f1c9ad27b0e', 5)
    expect(total).toBe(1)
    expect(matches[0]?.fields.name).toMatch(/^4f1c9ad2/)
  })

  // How long it takes is a matter of `npm run bench`.
  it('finds its way in 10,000 containers', () => {
    const containers = entries.slice(0, 1).flatMap((entry) =>
      Array.from({ length: 10_000 }, (_, number) => ({
        ...entry,
        ref: {
          ...entry.ref,
          containerName: `container-${number}`,
          taskId: number.toString(16).padStart(32, '0'),
        },
      })),
    )
    const large = indexContainers(containers)
    const { total } = searchCatalog(large, 'container-77', 7)
    expect(total).toBeGreaterThan(100)
  })
})

describe('matchers', () => {
  it('take a query of signs alone as no query', () => {
    expect(nameMatcher.filter(['a', 'b'], '(*) ..')).toBeUndefined()
  })

  it('never read a query as a pattern', () => {
    expect(pieceMatcher.filter(['aaa', 'b'], 'a+$')).toEqual([0])
    expect(nameMatcher.filter(['nginx'], '[')).toBeUndefined()
  })

  it('know letters of every script', () => {
    expect(nameMatcher.filter(['Zürich', 'заказы', '受注'], 'заказ')).toEqual([1])
    expect(nameMatcher.filter(['Zürich', 'заказы', '受注'], '受注')).toEqual([2])
  })

  it('spread over a whole title', () => {
    expect(marked('Change region…', titleMatcher.ranges('Change region…', 'ngi'))).toMatch(/\[.*g/)
  })

  it('cut ranges to a field', () => {
    expect(rangesWithin([0, 3, 8, 12], 5, 10)).toEqual([3, 5])
  })
})

describe('searchCommands', () => {
  const command = (id: string, title: string, inPalette?: boolean): Command => ({
    id,
    title,
    group: 'Test',
    ...(inPalette === undefined ? {} : { inPalette }),
    run: () => {},
  })
  const commands = [
    command('1', 'Change region…'),
    command('2', 'Split right'),
    command('3', 'Settings'),
    command('4', 'Tab 1', false),
  ]

  it('puts the most compact match first and leaves out what is for keys alone', () => {
    expect(searchCommands(commands, 'ri', 5).matches.map(({ command: { id } }) => id)).toEqual(['2', '1'])
    expect(searchCommands(commands, 'ng', 5).matches.map(({ command: { id } }) => id)).toEqual(['1', '3'])
    expect(searchCommands(commands, 'tab', 5).matches).toEqual([])
  })

  it('offers all of them without a query', () => {
    expect(searchCommands(commands, '', 2)).toMatchObject({ total: 3 })
  })
})

describe('closestName', () => {
  it('counts letters added, dropped, replaced and swapped', () => {
    expect(editDistance('nginx', 'nginx')).toBe(0)
    expect(editDistance('ngimx', 'nginx')).toBe(1)
    expect(editDistance('ngnix', 'nginx')).toBe(1)
    expect(editDistance('ngin', 'nginx')).toBe(1)
    expect(editDistance('', 'abc')).toBe(3)
  })

  it('finds the name that was meant', () => {
    expect(closestName('ngimx', ['app', 'nginx', 'nginx-exporter'])).toBe('nginx')
    expect(closestName('chekcout', ['checkout', 'search'])).toBe('checkout')
  })

  it('guesses nothing when nothing is like it', () => {
    expect(closestName('kubernetes', ['app', 'nginx'])).toBeUndefined()
    expect(closestName('ab', ['abc'])).toBeUndefined()
  })
})

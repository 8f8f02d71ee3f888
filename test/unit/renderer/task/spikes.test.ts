import { describe, expect, test } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import type { LogSpikes } from '../../../../src/contract/logs.ts'
import type { MethodName } from '../../../../src/contract/methods.ts'
import type { CoreClient } from '../../../../src/renderer/app/core/core-link.ts'
import { filterEntries, keyOf, listedEntries } from '../../../../src/renderer/features/task/audit-entries.ts'
import { type KnownSpikes, SpikeFeed } from '../../../../src/renderer/features/task/spike-feed.ts'
import { layoutSpikes } from '../../../../src/renderer/features/task/spike-layout.ts'
import {
  namedSpikes,
  readWords,
  spikeReason,
  spikeTitle,
  unreadContainers,
  unreadWords,
} from '../../../../src/renderer/features/task/spike-words.ts'

const minute = 60_000
const from = new Date(2026, 10, 25, 10, 0).getTime()
const to = from + 5 * 60 * minute
const elsewhere = new PortholeError({
  code: 'LOGS_ELSEWHERE',
  message: 'They go elsewhere.',
  action: 'Look there.',
})
const refused = new PortholeError({ code: 'ACCESS_DENIED', message: 'No.' })

const found: LogSpikes = {
  bucketMilliseconds: 5 * minute,
  buckets: [
    { at: from + 60 * minute, errors: 4 },
    { at: from + 245 * minute, errors: 36 },
  ],
  spikes: [
    {
      from: from + 245 * minute,
      to: from + 250 * minute,
      peak: from + 247 * minute,
      errors: 36,
      containers: [
        { source: 1, errors: 30, usual: 2 },
        { source: 0, errors: 6, usual: 1 },
      ],
    },
  ],
  reads: [
    { source: 0, from },
    { source: 1, from },
    { source: 2, problem: elsewhere.value },
  ],
  calls: 9,
  state: 'complete',
}
const sources = ['nginx', 'app', 'log-router'].map((container) => ({ container }))
const known: KnownSpikes = { range: { from, to }, sources, found }
const exhausted = (readFrom: number | undefined): KnownSpikes => ({
  ...known,
  found: {
    ...found,
    calls: 20,
    state: 'exhausted',
    reads: [
      { source: 0, from },
      { source: 1, from: readFrom },
    ],
  },
})

describe('the words', () => {
  test('say when, how many, in what and what is usual', () => {
    const [spike] = namedSpikes(known)
    if (spike === undefined) throw new Error('There is one.')
    expect(spikeTitle(spike, to)).toBe('14:07, 36 error lines in app, nginx')
    expect(spikeReason(spike, to)).toBe('14:05 to 14:10, usually 3 in 5 min')
    const night = {
      ...spike.spike,
      from: from - 11 * 60 * minute,
      containers: [{ source: 0, errors: 9, usual: 0 }],
    }
    expect(spikeReason({ ...spike, spike: night }, to)).toBe('24 Nov, 23:00 to 14:10, usually none')
  })

  test('say what was read and what was not', () => {
    expect(readWords(known, false, to)).toBe('Error lines read from 10:00 to 15:00, 1 spike')
    expect(readWords(exhausted(from + 80 * minute), false, to)).toBe(
      'Error lines read back to 11:20: 20 calls were not enough',
    )
    expect(readWords(exhausted(undefined), false, to)).toBe('20 calls were not enough to find an error line')
    expect(readWords(exhausted(from + 80 * minute), true, to)).toBe(
      'Reading error lines, back to 11:20 so far',
    )
    expect(unreadContainers(known)).toEqual([{ problem: elsewhere.value, containers: ['log-router'] }])
    const nothing = {
      ...known,
      found: { ...found, reads: [0, 1].map((source) => ({ source, problem: refused.value })) },
    }
    expect(readWords(nothing, false, to)).toBeUndefined()
    expect(unreadContainers(nothing)).toEqual([{ problem: refused.value, containers: ['nginx', 'app'] }])
    expect([...unreadContainers(nothing), ...unreadContainers(known)].map(unreadWords)).toEqual([
      'nginx, app: No.',
      'They go elsewhere.',
    ])
  })
})

test('in the chart bars stand at their time, spikes have a mark, and what was not read is shown as that', () => {
  const { bars, marks, unread } = layoutSpikes(known, { from, to })
  expect(bars.map(({ left, tall, spiking }) => ({ left, tall, spiking }))).toEqual([
    { left: 0.2, tall: 1 / 3, spiking: false },
    { left: 245 / 300, tall: 1, spiking: true },
  ])
  expect(marks.map(({ left }) => left)).toEqual([247.5 / 300])
  expect(unread).toBe(0)
  expect(layoutSpikes(exhausted(from + 75 * minute), { from, to }).unread).toBe(0.25)
})

test('in the list a spike stands at its worst minute, among everything but not among sessions', () => {
  const refusal = {
    kind: 'refused' as const,
    sessionId: '00000000-0000-4000-8000-00000000ffff',
    seq: 1,
    containerName: 'nginx',
    userName: 'lena',
    at: from,
  }
  const listed = listedEntries({ lines: [refusal], spikes: namedSpikes(known) })
  expect(listed.map(({ at }) => at)).toEqual([from + 247 * minute, from])
  expect(new Set(listed.map(keyOf)).size).toBe(2)
  expect(filterEntries(listed, 'refused')).toEqual([refusal])
  expect(filterEntries(listed, 'sessions')).toEqual([])
})

/** A core whose answers to `logs.spikes` are given one after the other; the calls it got. */
function scriptedCore(answers: LogSpikes[]) {
  const calls: [MethodName, unknown][] = []
  const core = {
    call: async (method: MethodName, params: unknown) => {
      calls.push([method, params])
      if (method === 'logs.openSpikes') return { ok: true, value: { id: 'a', sources } }
      const value = method === 'logs.spikes' ? answers.shift() : {}
      return value === undefined ? { ok: false, error: refused.value } : { ok: true, value }
    },
  } as unknown as CoreClient
  return { core, calls }
}
const request = {
  task: {
    scope: { identityId: 'sso:a', accountId: '1', roleName: 'r', region: 'eu-west-1' },
    clusterArn: 'cluster',
    taskArn: 'task',
    taskId: '4f1c9ad2',
  },
  range: { from, to },
}

describe('a search', () => {
  test('is read until it is through, and on when somebody wants more', async () => {
    const reading = { ...found, state: 'reading' as const, spikes: [] }
    const spent = { ...found, state: 'exhausted' as const }
    const { core, calls } = scriptedCore([reading, spent, found])
    const feed = new SpikeFeed(core, request, undefined)
    const seen: (number | undefined)[] = []
    feed.subscribe(() => seen.push(feed.read().known?.found.spikes.length))
    await feed.start()
    expect(seen).toEqual([0, 1])
    expect(feed.read()).toMatchObject({ reading: false, known: { found: spent, range: { from, to } } })
    await feed.readFurther()
    expect(feed.read().known?.found.state).toBe('complete')
    expect(calls.filter(([method]) => method === 'logs.spikes').map(([, params]) => params)).toEqual([
      { id: 'a', further: false },
      { id: 'a', further: false },
      { id: 'a', further: true },
    ])
  })

  test('once more leaves what was found on the page until it is through, and also when it fails', async () => {
    const { core } = scriptedCore([{ ...found, state: 'reading', spikes: [] }])
    const feed = new SpikeFeed(core, request, known)
    await feed.start()
    expect(feed.read()).toEqual({ known, reading: false, error: refused.value })
  })

  test('ends with the page, also one that is still being opened', async () => {
    const { core, calls } = scriptedCore([{ ...found, state: 'reading' }])
    const feed = new SpikeFeed(core, request, undefined)
    const started = feed.start()
    feed[Symbol.dispose]()
    await started
    expect(calls.map(([method]) => method)).toEqual(['logs.openSpikes', 'logs.close'])
  })
})

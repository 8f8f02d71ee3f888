import { describe, expect, it } from 'vitest'
import { Heartbeat, mostMissedPings, pingMilliseconds } from '../../../src/main/heartbeat.ts'
import { readLaunchOptions } from '../../../src/main/launch-options.ts'
import { mostStarts, RestartLimit, startsCountedForMilliseconds } from '../../../src/main/restart-limit.ts'
import { createHandClock } from '../../fixtures/hand-clock.ts'

describe('a restart', () => {
  it('is allowed a few times, and again later', () => {
    let now = 0
    const limit = new RestartLimit(() => now)
    for (let start = 0; start < mostStarts; start++) expect(limit.allows()).toBe(true)
    expect(limit.allows()).toBe(false)
    now = startsCountedForMilliseconds
    expect(limit.allows()).toBe(true)
  })
})

describe('a heartbeat', () => {
  it('tells once when answers stay away, and once when they are back', () => {
    const clock = createHandClock()
    const said: string[] = []
    const pings: number[] = []
    using heartbeat = new Heartbeat({
      ping: (id) => pings.push(id),
      onSilent: () => said.push('silent'),
      onAnswering: () => said.push('answering'),
      clock,
    })
    clock.advance(pingMilliseconds)
    heartbeat.answered(1)
    for (let beat = 0; beat < mostMissedPings; beat++) clock.advance(pingMilliseconds)
    expect(said).toEqual([])
    clock.advance(2 * pingMilliseconds)
    expect(said).toEqual(['silent'])
    heartbeat.answered(pings.at(-1) ?? 0)
    clock.advance(pingMilliseconds)
    expect(said).toEqual(['silent', 'answering'])
  })

  it('stops with its process', () => {
    const clock = createHandClock()
    new Heartbeat({ ping: () => {}, onSilent: () => {}, onAnswering: () => {}, clock })[Symbol.dispose]()
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('launch options', () => {
  it('are ours among what Chromium and the system add', () => {
    const link = 'porthole://task/111122223333/eu-west-1/storefront/4f1c9ad2b7e84c0e9d7a1f6b2c3d4e5f'
    expect(
      readLaunchOptions(
        ['porthole', '--no-sandbox', '--data-folder', '/tmp/p', link, '--demo', 'file.txt'],
        '/work',
      ),
    ).toEqual({ demo: true, dataFolder: '/tmp/p', auditKeysInFiles: false, links: [link], recordings: [] })
    expect(readLaunchOptions(['porthole', '--data-folder=/tmp/q', '--audit-keys=file'], '/work')).toEqual({
      demo: false,
      dataFolder: '/tmp/q',
      auditKeysInFiles: true,
      links: [],
      recordings: [],
    })
  })

  it('name recordings, as a path or as the address that a file manager gives', () => {
    const handed = [
      'demo.cast',
      '/tmp/A.CAST',
      'file:///tmp/two%20words.cast',
      'file://elsewhere/share/c.cast',
    ]
    const { recordings } = readLaunchOptions(['porthole', '--flag=x.cast', ...handed], '/home/ana')
    expect(recordings).toEqual(['/home/ana/demo.cast', '/tmp/A.CAST', '/tmp/two words.cast'])
  })
})

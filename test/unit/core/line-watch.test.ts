import { afterEach, beforeEach, expect, test } from 'vitest'
import { lookMilliseconds, watchLine } from '../../../src/core/line-watch.ts'
import { createHandClock, type HandClock } from '../../fixtures/hand-clock.ts'

const address = (text: string, internal = false) => ({
  address: text,
  netmask: '255.255.255.0',
  family: 'IPv4' as const,
  mac: '00:00:00:00:00:00',
  internal,
  cidr: null,
})

let hands: HandClock
let wallJump: number
let networks: NodeJS.Dict<ReturnType<typeof address>[]>
let changes: number
let watching: Disposable

beforeEach(() => {
  hands = createHandClock()
  wallJump = 0
  changes = 0
  networks = { lo: [address('127.0.0.1', true)], wifi: [address('192.168.0.7')] }
  watching = watchLine({
    clock: { ...hands, now: () => hands.now() + wallJump },
    networks: () => networks,
    onChanged: () => changes++,
  })
})
afterEach(() => {
  watching[Symbol.dispose]()
  expect(hands.pendingTimers).toBe(0)
})

test('nothing happens, nothing is told', () => {
  hands.advance(60 * 60_000)
  expect(changes).toBe(0)
})

test('sleep: the clock on the wall went on while timers did not', () => {
  hands.advance(5 * lookMilliseconds)
  wallJump += 8 * 3600_000
  hands.advance(lookMilliseconds)
  expect(changes).toBe(1)
  hands.advance(60_000)
  expect(changes).toBe(1)
})

test('a clock that is put right by a second is no sleep', () => {
  wallJump += 1_000
  hands.advance(lookMilliseconds)
  wallJump -= 5_000
  hands.advance(lookMilliseconds)
  expect(changes).toBe(0)
})

test('another network, or none', () => {
  networks = { ...networks, wifi: [address('10.1.1.5')] }
  hands.advance(lookMilliseconds)
  expect(changes).toBe(1)
  networks = { lo: networks.lo }
  hands.advance(lookMilliseconds)
  expect(changes).toBe(2)
  networks = { lo: [address('127.0.0.2', true)] }
  hands.advance(lookMilliseconds)
  expect(changes).toBe(2)
})

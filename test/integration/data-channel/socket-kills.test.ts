import { afterEach, expect, test } from 'vitest'
import { GatewayFixture } from './gateway-fixture.ts'
import { PatternProcess, patternBytes } from './processes.ts'

/**
 * How many sockets die while how much flows. `PORTHOLE_SOCKET_KILLS=100` is the
 * size at which the promise is made; it takes some minutes, because the agent
 * repeats what was lost with a socket frame by frame, 100 ms each.
 */
const kills = Number(process.env.PORTHOLE_SOCKET_KILLS ?? 8)
const bytesPerKill = 1_000_000
const total = kills * bytesPerKill
/** Typed around each kill. */
const pasteBytes = 3_000
const limitMilliseconds = 20_000 + kills * 5_000

let fixture: GatewayFixture | undefined
afterEach(() => fixture?.[Symbol.asyncDispose]())

test(`${kills} socket kills while ${total / 1e6} MB flow: nothing lost, nothing doubled`, {
  timeout: limitMilliseconds,
}, async () => {
  fixture = await GatewayFixture.start({ unackedLimit: 16 * 1024 })
  const { gateway } = fixture
  const process = new PatternProcess(total)
  const { sessionId, session, events, calls } = fixture.open({ process: async () => process })
  let received = 0
  let killed = 0
  let lastOutputAt = performance.now()
  let worstGap = 0
  let wrongAt: number | undefined
  const all = Promise.withResolvers<void>()
  events.onOutput = (bytes) => {
    const now = performance.now()
    worstGap = Math.max(worstGap, now - lastOutputAt)
    lastOutputAt = now
    // Compared piece by piece: what is kept of a hundred megabytes would be the slowest part.
    if (!patternBytes(received, bytes.byteLength).equals(bytes)) wrongAt ??= received
    received += bytes.byteLength
    const isDue = killed < kills && received > killed * bytesPerKill + bytesPerKill / 2
    // What the socket before brought may be read while there is none.
    if (isDue && gateway.statistics(sessionId)?.connected) {
      session.write(patternBytes(killed * pasteBytes, pasteBytes))
      gateway.killSocket(sessionId, killed % 2 === 0 ? 'abrupt' : 'clean')
      killed += 1
    }
    if (received >= total - 3 || wrongAt !== undefined) all.resolve()
  }
  events.keepOutput = false
  const ended = events.untilEvent('ended', limitMilliseconds).then(() => {
    throw new Error(`The session ended: ${JSON.stringify(events.end)} after ${received} bytes`)
  })
  await Promise.race([all.promise, ended])
  expect(wrongAt).toBeUndefined()
  await untilTyped(process, kills * pasteBytes)
  expect(Buffer.concat(process.typed).equals(patternBytes(0, kills * pasteBytes))).toBe(true)
  expect(received).toBeGreaterThanOrEqual(total - 3)
  expect(received).toBeLessThanOrEqual(total)
  expect(killed).toBe(kills)
  expect(calls.resume).toBeGreaterThanOrEqual(kills)
  console.info(`${kills} kills, ${total / 1e6} MB, worst gap ${Math.round(worstGap)} ms`)
  ended.catch(() => undefined)
})

function untilTyped(process: PatternProcess, byteLength: number): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (process.typed.reduce((sum, piece) => sum + piece.byteLength, 0) >= byteLength) resolve()
    }
    process.onTyped = look
    look()
  })
}

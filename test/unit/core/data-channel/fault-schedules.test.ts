import { describe, expect, test } from 'vitest'
import type { LineFault, LineFaults } from '../../../../src/sandbox/services/message-gateway/fault-plan.ts'
import { seededRandom } from '../../../fixtures/seeded-random.ts'
import { SimulatedSession } from '../../../fixtures/simulated-session.ts'
import { patternBytes } from '../../../integration/data-channel/processes.ts'

/** How many schedules a run of the tests tries; every seed is another one. */
const schedules = Number(process.env.PORTHOLE_FAULT_SCHEDULES ?? 1_050)
/** Schedules per case, so that a failure names a small range of seeds. */
const schedulesPerCase = 75

/** What is drawn for one schedule: how bad each kind of weather is, and what happens when. */
interface Schedule {
  seed: number
  random: () => number
  chances: Record<'drop' | 'duplicate' | 'swap' | 'delay' | 'corrupt' | 'lostAcknowledgement', number>
  longestDelay: number
  kills: number
  unreachable: number
  typedBytes: number
  printedBytes: number
}

function drawSchedule(seed: number): Schedule {
  const random = seededRandom(seed)
  // Half of the kinds are absent in a schedule, so that each one also meets the others' absence.
  const chance = (most: number) => (random() < 0.5 ? 0 : random() * most)
  return {
    seed,
    random,
    chances: {
      drop: chance(0.3),
      duplicate: chance(0.3),
      swap: chance(0.3),
      delay: chance(0.3),
      corrupt: chance(0.2),
      lostAcknowledgement: chance(0.4),
    },
    longestDelay: 1 + random() * 900,
    kills: Math.floor(chance(5)),
    unreachable: chance(0.4),
    typedBytes: 1 + Math.floor(random() * 12_000),
    printedBytes: 1 + Math.floor(random() * 40_000),
  }
}

const repeated = new Set(['input_stream_data', 'output_stream_data', 'acknowledge'])

/** Only what the protocol repeats may be lost; the rest has no remedy but a new socket. */
function lineFaults({ random, chances, longestDelay }: Schedule): LineFaults {
  return ({ messageType }): LineFault | undefined => {
    if (!repeated.has(messageType)) return undefined
    if (messageType === 'acknowledge' && random() < chances.lostAcknowledgement) return { kind: 'drop' }
    if (random() < chances.drop) return { kind: 'drop' }
    if (random() < chances.duplicate) return { kind: 'duplicate' }
    if (random() < chances.swap) return { kind: 'swap' }
    if (random() < chances.delay) return { kind: 'delay', milliseconds: random() * longestDelay }
    if (random() < chances.corrupt) return { kind: 'corrupt', what: 'digest' }
    return undefined
  }
}

/** Types and prints in pieces at random moments, cuts the line, holds the reader back; then all of it must have come. */
async function runSchedule(schedule: Schedule): Promise<void> {
  const { seed, random, typedBytes, printedBytes } = schedule
  const session = new SimulatedSession({
    random,
    latency: () => 1 + random() * 40,
    encrypted: random() < 0.25,
    unreachable: () => random() < schedule.unreachable,
    faults: {
      line: lineFaults(schedule),
      splitCharacters: true,
      brokenStartPublication: random() < 0.3,
      strayMessages: random() < 0.3,
    },
    agent: { handshake: random() < 0.25 ? 'always' : 'when-encrypted' },
    // Weather that no person would wait out; what is tested is what arrives, not how soon.
    timing: { readyLimit: 10 ** 7, firstConnectLimit: 10 ** 7, reconnectLimit: 10 ** 7 },
  })
  const { clock, client, process } = session
  const typed = patternBytes(0, typedBytes)
  const printed = patternBytes(400_000, printedBytes)
  inPieces(typed, random, (piece, at) => clock.after(at, () => client.write(piece)))
  inPieces(printed, random, (piece, at) => clock.after(at, () => process.print(piece)))
  for (let kill = 0; kill < schedule.kills; kill++)
    clock.after(random() * 12_000, () => session.killSocket(random() < 0.5 ? 'clean' : 'abrupt'))
  for (let pause = Math.floor(random() * 3); pause > 0; pause--) {
    const at = random() * 8_000
    clock.after(at, () => client.pause())
    clock.after(at + random() * 3_000, () => client.resume())
  }
  client.start()
  const all = () =>
    session.process.typed.byteLength >= typedBytes &&
    withoutGreeting(session.output).byteLength >= printedBytes
  const arrived = await session.runUntil(all)
  const state = `seed ${seed} ${JSON.stringify(schedule.chances)} typed ${session.process.typed.byteLength}/${typedBytes} printed ${session.output.byteLength}/${printedBytes}: ${session.names.join(', ')}; ${JSON.stringify(session.end)}; ${clock.elapsed()} ms, ${JSON.stringify(session.statistics)} damaged ${client.damagedFrames}`
  expect(arrived, state).toBe(true)
  // What is still under way must change nothing.
  const later = clock.elapsed() + 5_000
  await session.runUntil(() => clock.elapsed() >= later)
  expect(session.process.typed.equals(typed), `typed, ${state}`).toBe(true)
  expect(withoutGreeting(session.output).equals(printed), `printed, ${state}`).toBe(true)
  await session.close()
  expect(clock.pendingTimers, `timers left, ${state}`).toBe(0)
}

function inPieces(
  bytes: Uint8Array,
  random: () => number,
  at: (piece: Uint8Array, moment: number) => void,
): void {
  let moment = 0
  for (let from = 0; from < bytes.byteLength; ) {
    const length = 1 + Math.floor(random() ** 3 * 4_000)
    at(bytes.subarray(from, from + length), moment)
    from += length
    moment += random() * 400
  }
}

/** The agent of an encrypted session says so, on the same stream. */
function withoutGreeting(output: Buffer): Buffer {
  const greeting = 'This session is encrypted using AWS KMS.\r\n'
  return output.subarray(0, greeting.length).toString('latin1') === greeting
    ? output.subarray(greeting.length)
    : output
}

describe('property: every byte arrives once and in order, whatever the line does', () => {
  for (let first = 1; first <= schedules; first += schedulesPerCase)
    test(`schedules ${first} to ${first + schedulesPerCase - 1}`, { timeout: 120_000 }, async () => {
      for (let seed = first; seed < first + schedulesPerCase; seed++) await runSchedule(drawSchedule(seed))
    })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  messageType,
  payloadType,
} from '../../../../src/core/data-channel/frame.ts'
import { ByteQueue, TokenBucket } from '../../../../src/core/data-channel/input-queue.ts'
import { ReliableReceiver } from '../../../../src/core/data-channel/reliable-receiver.ts'
import { ReliableSender } from '../../../../src/core/data-channel/reliable-sender.ts'
import { RetransmissionTimeout } from '../../../../src/core/data-channel/retransmission-timeout.ts'
import { createHandClock, type HandClock } from '../../../fixtures/hand-clock.ts'
import { seededRandom } from '../../../fixtures/seeded-random.ts'
import { agentFrame } from './frames.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

const outputFrame = (sequence: number, payload = `${sequence}`) => agentFrame(payload, { sequence })

function setUpSender(clock: HandClock, stallLimit = 30_000) {
  const transmitted: { at: number; sequence: number; bytes: Uint8Array }[] = []
  const acknowledged: number[] = []
  let stalls = 0
  const sender = new ReliableSender({
    clock,
    transmit: (bytes) =>
      transmitted.push({ at: clock.elapsed(), sequence: decodeFrame(bytes).sequence, bytes }),
    acknowledged: (sequence) => acknowledged.push(sequence),
    quietLimit: stallLimit,
    quiet: () => undefined,
    stallLimit,
    stalled: () => {
      stalls += 1
    },
  })
  sender.connected()
  return { sender, transmitted, acknowledged, stalls: () => stalls }
}

describe('retransmission timeout', () => {
  test('starts at 200 ms and follows the round trip', () => {
    const timeout = new RetransmissionTimeout()
    expect(timeout.milliseconds).toBe(200)
    timeout.sample(100)
    // No variation yet: the round trip and the least margin.
    expect(timeout.milliseconds).toBe(110)
    timeout.sample(180)
    // Variation 20, round trip 110.
    expect(timeout.milliseconds).toBe(190)
  })

  test('never exceeds a second', () => {
    const timeout = new RetransmissionTimeout()
    for (let sample = 0; sample < 20; sample++) timeout.sample(9000)
    expect(timeout.milliseconds).toBe(1000)
  })
})

describe('sender', () => {
  test('numbers from 0 and repeats the same bytes of the oldest only, until it is acknowledged', () => {
    const clock = createHandClock()
    const { sender, transmitted } = setUpSender(clock)
    sender.send(payloadType.output, Buffer.from('a'))
    sender.send(payloadType.output, Buffer.from('b'))
    clock.advance(1000)
    // 200 ms of patience, and the time of a repetition counts anew.
    expect(transmitted.map(({ at, sequence }) => [at, sequence])).toEqual([
      [0, 0],
      [0, 1],
      [200, 0],
      [400, 0],
      [600, 0],
      [800, 0],
      [1000, 0],
    ])
    expect(transmitted[2]?.bytes).toEqual(transmitted[0]?.bytes)
    sender.acknowledge(0)
    clock.advance(100)
    expect(transmitted.at(-1)?.sequence).toBe(1)
    sender.acknowledge(1)
    expect(clock.pendingTimers).toBe(0)
  })

  test('does not learn a round trip from a repeated frame', () => {
    const clock = createHandClock()
    const { sender, transmitted } = setUpSender(clock)
    // Each answer comes right after the repetition, and would look like a round trip of nothing.
    for (let sequence = 0; sequence < 20; sequence++) {
      sender.send(payloadType.output, Buffer.from('a'))
      clock.advance(200)
      sender.acknowledge(sequence)
    }
    transmitted.length = 0
    sender.send(payloadType.output, Buffer.from('b'))
    clock.advance(100)
    expect(transmitted).toHaveLength(1)
    clock.advance(100)
    expect(transmitted).toHaveLength(2)
  })

  test('ignores doubled and unknown acknowledgements', () => {
    const { sender, acknowledged } = setUpSender(createHandClock())
    sender.send(payloadType.output, Buffer.from('a'))
    for (const sequence of [7, 0, 0]) sender.acknowledge(sequence)
    expect(acknowledged).toEqual([0])
  })

  test('has room for a window, not more, and drops nothing beyond it', () => {
    const { sender, transmitted } = setUpSender(createHandClock())
    let frames = 0
    while (sender.hasRoom && frames < 10_000) {
      sender.send(payloadType.output, Buffer.from('x'))
      frames += 1
    }
    expect(frames).toBe(256)
    sender.send(payloadType.size, Buffer.from('{}'))
    expect(transmitted).toHaveLength(257)
    expect(sender.unacknowledgedFrames).toBe(257)
  })

  test('stays silent without a connection, then repeats everything in order and counts on', () => {
    const clock = createHandClock()
    const { sender, transmitted } = setUpSender(clock)
    for (const letter of 'abc') sender.send(payloadType.output, Buffer.from(letter))
    sender.acknowledge(1)
    sender.disconnected()
    transmitted.length = 0
    sender.send(payloadType.output, Buffer.from('d'))
    clock.advance(60_000)
    expect(transmitted).toEqual([])
    expect(sender.hasRoom).toBe(false)
    sender.connected()
    expect(transmitted.map(({ sequence }) => sequence)).toEqual([0, 2, 3])
  })

  test('tells of a stall when nothing is acknowledged, and leaves no timer when disposed', () => {
    const clock = createHandClock()
    const { sender, stalls } = setUpSender(clock, 5000)
    sender.send(payloadType.output, Buffer.from('a'))
    clock.advance(4900)
    expect(stalls()).toBe(0)
    clock.advance(200)
    expect(stalls()).toBe(1)
    sender[Symbol.dispose]()
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('receiver', () => {
  function setUp(onDeliver: (frame: Frame) => void = () => undefined) {
    const acknowledged: number[] = []
    const delivered: string[] = []
    const receiver = new ReliableReceiver({
      acknowledge: (frame) => acknowledged.push(frame.sequence),
      deliver: (frame) => {
        delivered.push(text(frame.payload))
        onDeliver(frame)
      },
    })
    return { receiver, acknowledged, delivered }
  }

  test('4, 3, 2 with 2 expected: acknowledged as they come, delivered in order', () => {
    const { receiver, acknowledged, delivered } = setUp()
    for (const sequence of [0, 1, 4, 3, 2]) receiver.receive(outputFrame(sequence))
    expect(acknowledged).toEqual([0, 1, 4, 3, 2])
    expect(delivered).toEqual(['0', '1', '2', '3', '4'])
  })

  test('acknowledges duplicates again, delivered or kept, and delivers them once', () => {
    const { receiver, acknowledged, delivered } = setUp()
    for (const sequence of [0, 0, 2, 2, 1, 1, 2]) receiver.receive(outputFrame(sequence))
    expect(acknowledged).toEqual([0, 0, 2, 2, 1, 1, 2])
    expect(delivered).toEqual(['0', '1', '2'])
  })

  test('while paused nothing is acknowledged or delivered; afterwards everything is, once', () => {
    const { receiver, acknowledged, delivered } = setUp()
    receiver.pause()
    for (const sequence of [0, 1, 1, 3]) receiver.receive(outputFrame(sequence))
    expect(acknowledged).toEqual([])
    expect(receiver.keptBytes).toBe(3)
    receiver.resume()
    expect(acknowledged).toEqual([0, 1])
    receiver.receive(outputFrame(2))
    expect(delivered).toEqual(['0', '1', '2', '3'])
    expect(new Set(acknowledged)).toEqual(new Set([0, 1, 2, 3]))
    expect(receiver.keptBytes).toBe(0)
  })

  test('can be paused again at every frame', () => {
    const { receiver, delivered } = setUp(() => receiver.pause())
    receiver.pause()
    for (const sequence of [0, 1, 2]) receiver.receive(outputFrame(sequence))
    receiver.resume()
    expect(delivered).toEqual(['0'])
    receiver.resume()
    expect(delivered).toEqual(['0', '1'])
  })

  test('keeps no more than its bounds, and what did not fit is not acknowledged', () => {
    const { receiver, acknowledged } = setUp()
    for (let sequence = 1; sequence <= 10_050; sequence++) receiver.receive(outputFrame(sequence, 'x'))
    expect(acknowledged).toHaveLength(10_000)
    expect(receiver.keptBytes).toBe(10_000)
    receiver.receive(outputFrame(0))
    expect(receiver.keptBytes).toBe(0)

    const large = setUp()
    for (let sequence = 1; sequence <= 100; sequence++) {
      large.receiver.receive(outputFrame(sequence, 'x'.repeat(200_000)))
    }
    expect(large.receiver.keptBytes).toBeLessThanOrEqual(16 * 1024 * 1024)
    expect(large.acknowledged.length).toBeLessThan(100)
  })
})

describe('input queue', () => {
  test('joins and cuts without losing a byte', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 50 })),
        fc.array(fc.integer({ min: 1, max: 40 })),
        (pieces, cuts) => {
          const queue = new ByteQueue()
          const taken: Uint8Array[] = []
          for (const piece of pieces) queue.push(piece)
          for (const cut of cuts) taken.push(queue.shift(cut))
          while (queue.byteLength > 0) taken.push(queue.shift(16))
          expect(Buffer.concat(taken)).toEqual(Buffer.concat(pieces))
        },
      ),
    )
  })

  test('lets a burst through at once and 900 frames in a second after it', () => {
    const clock = createHandClock()
    const bucket = new TokenBucket(clock)
    const takeAll = () => {
      let taken = 0
      while (bucket.take() && taken < 10_000) taken += 1
      return taken
    }
    expect(takeAll()).toBe(64)
    let second = 0
    for (let step = 0; step < 100; step++) {
      clock.advance(10)
      second += takeAll()
    }
    expect(second).toBeGreaterThanOrEqual(899)
    expect(second).toBeLessThanOrEqual(900)
  })
})

interface Weather {
  drop: number
  double: number
  damage: number
  /** Milliseconds at most; different for each frame, so frames overtake each other. */
  delay: number
}

/** A line between two ends that loses, doubles, damages and delays what it is given. */
class BadLine {
  readonly #clock: HandClock
  readonly #weather: Weather
  readonly #random: () => number
  /** A cut line delivers nothing, not even what is on its way. */
  cut = false

  constructor(clock: HandClock, weather: Weather, random: () => number) {
    this.#clock = clock
    this.#weather = weather
    this.#random = random
  }

  carry(bytes: Uint8Array, arrive: (bytes: Uint8Array) => void): void {
    if (this.cut || this.#random() < this.#weather.drop) return
    const copies = this.#random() < this.#weather.double ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const sent = Uint8Array.from(bytes)
      if (this.#random() < this.#weather.damage) sent[sent.byteLength - 1] = (sent.at(-1) ?? 0) ^ 1
      this.#clock.after(this.#random() * this.#weather.delay, () => {
        if (!this.cut) arrive(sent)
      })
    }
  }
}

describe('reliable stream over a bad line', () => {
  const weather = fc.record({
    drop: fc.double({ min: 0, max: 0.4, noNaN: true }),
    double: fc.double({ min: 0, max: 0.4, noNaN: true }),
    damage: fc.double({ min: 0, max: 0.2, noNaN: true }),
    delay: fc.integer({ min: 1, max: 900 }),
  })

  function transfer(there: Weather, back: Weather, frames: number, seed: number) {
    const clock = createHandClock()
    const random = seededRandom(seed)
    const lineThere = new BadLine(clock, there, random)
    const lineBack = new BadLine(clock, back, random)
    const received: string[] = []
    const readable = (bytes: Uint8Array, take: (frame: Frame) => void) => {
      try {
        take(decodeFrame(bytes))
      } catch {
        // A damaged frame: dropped without an acknowledgement.
      }
    }
    const receiver = new ReliableReceiver({
      acknowledge: (frame) =>
        lineBack.carry(
          encodeFrame({
            ...frame,
            messageType: messageType.acknowledge,
            payload: Buffer.from(`${frame.sequence}`),
          }),
          (bytes) => readable(bytes, (acknowledgement) => sender.acknowledge(acknowledgement.sequence)),
        ),
      deliver: (frame) => received.push(text(frame.payload)),
    })
    const sender: ReliableSender = new ReliableSender({
      clock,
      transmit: (bytes) =>
        lineThere.carry(bytes, (arrived) => readable(arrived, (frame) => receiver.receive(frame))),
      acknowledged: () => undefined,
      quietLimit: Number.POSITIVE_INFINITY,
      quiet: () => undefined,
      stallLimit: Number.POSITIVE_INFINITY,
      stalled: () => undefined,
    })
    sender.connected()
    let next = 0
    for (let index = 0; index < frames; index++) {
      clock.after(random() * 500, () => sender.send(payloadType.output, Buffer.from(`${next++}`)))
    }
    return { clock, random, sender, receiver, received, lineThere, lineBack }
  }

  test('property: every frame arrives once and in order, through loss, doubles, damage, cuts and pauses', () => {
    fc.assert(
      fc.property(
        weather,
        weather,
        fc.integer({ min: 1, max: 60 }),
        fc.integer(),
        fc.nat({ max: 3 }),
        fc.nat({ max: 3 }),
        (there, back, frames, seed, cuts, pauses) => {
          const run = transfer(there, back, frames, seed)
          const { clock, random, sender, receiver, received, lineThere, lineBack } = run
          for (let cut = 0; cut < cuts; cut++) {
            const at = random() * 3000
            clock.after(at, () => {
              lineThere.cut = lineBack.cut = true
              sender.disconnected()
            })
            clock.after(at + random() * 2000, () => {
              lineThere.cut = lineBack.cut = false
              sender.connected()
            })
          }
          for (let pause = 0; pause < pauses; pause++) {
            const at = random() * 3000
            clock.after(at, () => receiver.pause())
            clock.after(at + random() * 2000, () => receiver.resume())
          }
          // Overlapping cuts and pauses may end in a standstill; the last word is "go on".
          clock.after(6000, () => {
            lineThere.cut = lineBack.cut = false
            receiver.resume()
            sender.connected()
          })
          for (let step = 0; step < 200_000 && clock.step(); step++);
          expect(received).toEqual(Array.from({ length: frames }, (_, index) => `${index}`))
          expect(sender.unacknowledgedFrames).toBe(0)
          expect(clock.pendingTimers).toBe(0)
        },
      ),
      { numRuns: 400 },
    )
  })
})

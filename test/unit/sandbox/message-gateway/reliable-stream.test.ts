import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  acknowledgedSequenceNumber,
  encodeAcknowledgement,
} from '../../../../src/sandbox/services/message-gateway/acknowledgement.ts'
import { type LineFaults, seededFaults } from '../../../../src/sandbox/services/message-gateway/fault-plan.ts'
import { FaultyLine } from '../../../../src/sandbox/services/message-gateway/faulty-line.ts'
import {
  decodeFrame,
  type Frame,
  frameFlags,
} from '../../../../src/sandbox/services/message-gateway/frame.ts'
import { ReliableReceiver } from '../../../../src/sandbox/services/message-gateway/reliable-receiver.ts'
import {
  ReliableSender,
  resendInterval,
} from '../../../../src/sandbox/services/message-gateway/reliable-sender.ts'
import { ManualClock } from './manual-clock.ts'

describe('the reliable stream over a bad line', () => {
  it('delivers everything once and in order', () => {
    const chance = fc.double({ min: 0, max: 0.4, noNaN: true })
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(),
          drop: chance,
          duplicate: chance,
          swap: chance,
          lostAcknowledgements: chance,
          delay: fc.record({ chance, milliseconds: fc.nat({ max: 500 }) }),
          corrupt: fc.record({ chance, what: fc.constantFrom('digest' as const, 'created-date' as const) }),
        }),
        fc.array(fc.nat({ max: 300 }), { maxLength: 30 }),
        (faults, pauses) => {
          const stream = new TestStream(seededFaults(faults))
          for (const [index, pause] of pauses.entries()) {
            stream.sender.send(1, Buffer.from(`${index}`))
            stream.clock.advance(pause)
          }
          stream.run()
          expect(stream.delivered).toEqual(pauses.map((_pause, index) => `${index}`))
          expect(stream.sender.unackedBytes).toBe(0)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('the sender', () => {
  it('marks the start of its sequence and nothing else', () => {
    const stream = new TestStream(() => undefined)
    stream.sender.send(1, Buffer.from('a'))
    stream.sender.send(1, Buffer.from('b'))
    expect(stream.sent.map(({ sequenceNumber, flags }) => [sequenceNumber, flags])).toEqual([
      [0, frameFlags.syn],
      [1, frameFlags.none],
    ])
  })

  it('repeats the oldest frame only, byte for byte, until it is acknowledged', () => {
    const { clock, sender, wire } = senderAlone()
    sender.send(1, Buffer.from('a'))
    sender.send(1, Buffer.from('b'))
    tick(clock, sender, 10)
    const [first, second, ...repeated] = wire
    // Every 300 ms: the first tick after 200 ms, counted from the last time that it was sent.
    expect(repeated).toHaveLength(3)
    for (const frame of repeated) expect(frame).toEqual(first)
    sender.acknowledge(0)
    wire.length = 0
    tick(clock, sender, 10)
    expect(wire.length).toBeGreaterThanOrEqual(3)
    for (const frame of wire) expect(frame).toEqual(second)
  })

  it('waits for its time-out before it repeats', () => {
    const { clock, sender, wire } = senderAlone()
    sender.send(1, Buffer.from('a'))
    tick(clock, sender, 2)
    expect(wire).toHaveLength(1)
    tick(clock, sender, 1)
    expect(wire).toHaveLength(2)
  })

  it('learns nothing from the acknowledgement of a repeated frame', () => {
    const { clock, sender, wire } = senderAlone()
    sender.send(1, Buffer.from('a'))
    clock.advance(5000)
    sender.resendIfDue()
    clock.advance(5000)
    sender.acknowledge(0)
    wire.length = 0
    sender.send(1, Buffer.from('b'))
    // A sample of 5 or 10 s would have put the time-out to its maximum of 1 s.
    tick(clock, sender, 3)
    expect(wire).toHaveLength(2)
  })

  it('counts what is in flight and ignores acknowledgements of what is not', () => {
    const { sender } = senderAlone()
    sender.send(1, Buffer.from('abc'))
    expect(sender.unackedBytes).toBe(123)
    sender.acknowledge(7)
    expect(sender.unackedBytes).toBe(123)
    sender.acknowledge(0)
    sender.acknowledge(0)
    expect(sender.unackedBytes).toBe(0)
  })
})

describe('the receiver', () => {
  it('acknowledges in the order of arrival and delivers in the order of numbers', () => {
    const { acknowledged, delivered, receiver } = receiverAlone()
    for (const sequenceNumber of [0, 1, 4, 3, 2]) receiver.receive(frame(sequenceNumber))
    expect(acknowledged).toEqual([0, 1, 4, 3, 2])
    expect(delivered).toEqual([0, 1, 2, 3, 4])
  })

  it('acknowledges duplicates again and delivers them once', () => {
    const { acknowledged, delivered, receiver } = receiverAlone()
    for (const sequenceNumber of [0, 0, 2, 2, 1, 2]) receiver.receive(frame(sequenceNumber))
    expect(acknowledged).toEqual([0, 0, 2, 2, 1, 2])
    expect(delivered).toEqual([0, 1, 2])
  })

  it('stays silent about a frame that cannot be taken yet and takes it later', () => {
    const receiving = receiverAlone()
    receiving.ready = false
    receiving.receiver.receive(frame(0))
    receiving.receiver.receive(frame(1))
    expect(receiving.acknowledged).toEqual([1])
    receiving.ready = true
    receiving.receiver.receive(frame(0))
    expect(receiving.acknowledged).toEqual([1, 0])
    expect(receiving.delivered).toEqual([0, 1])
  })

  it('takes early frames that it acknowledged when it becomes ready', () => {
    const receiving = receiverAlone()
    receiving.receiver.receive(frame(1))
    receiving.ready = 'once'
    receiving.receiver.receive(frame(0))
    expect(receiving.delivered).toEqual([0])
    receiving.ready = true
    receiving.receiver.takeEarlyFrames()
    expect(receiving.delivered).toEqual([0, 1])
  })

  it('neither keeps nor acknowledges more early frames than its limit', () => {
    const { acknowledged, receiver } = receiverAlone()
    for (let sequenceNumber = 1; sequenceNumber <= 10_001; sequenceNumber++) {
      receiver.receive(frame(sequenceNumber))
    }
    expect(acknowledged).toHaveLength(10_000)
    expect(acknowledged).not.toContain(10_001)
  })
})

/** Sender and receiver joined by two faulty lines. */
class TestStream {
  readonly clock = new ManualClock()
  readonly sent: Frame[] = []
  readonly delivered: string[] = []
  readonly sender: ReliableSender

  constructor(faults: LineFaults) {
    const back = this.#line('to-agent', faults, (acknowledgement) => {
      const sequenceNumber = acknowledgedSequenceNumber(acknowledgement)
      if (sequenceNumber !== undefined) this.sender.acknowledge(sequenceNumber)
    })
    const receiver = new ReliableReceiver({
      acknowledge: (received) => back.send(encodeAcknowledgement(received, this.clock.now())),
      take: ({ payload }) => {
        this.delivered.push(Buffer.from(payload).toString())
        return true
      },
    })
    const forth = this.#line('to-client', faults, (received) => receiver.receive(received))
    this.sender = new ReliableSender({
      now: this.clock.now,
      messageId: randomUUID,
      transmit: (bytes) => {
        const decoded = decodeFrame(bytes)
        if (decoded.ok) this.sent.push(decoded.frame)
        forth.send(bytes)
      },
    })
    this.clock.every(resendInterval, () => this.sender.resendIfDue())
  }

  run(): void {
    const ticksAtMost = 10_000
    for (let ticks = 0; ticks < ticksAtMost && this.sender.unackedBytes > 0; ticks++) {
      this.clock.advance(resendInterval)
    }
    this.clock.advance(1000)
  }

  #line(
    direction: 'to-client' | 'to-agent',
    faults: LineFaults,
    deliver: (frame: Frame) => void,
  ): FaultyLine {
    return new FaultyLine({
      clock: this.clock,
      direction,
      faults: () => faults,
      deliver: (bytes) => {
        const decoded = decodeFrame(bytes)
        if (decoded.ok) deliver(decoded.frame)
      },
      killSocket: () => {},
    })
  }
}

function senderAlone() {
  const clock = new ManualClock()
  const wire: Uint8Array[] = []
  const sender = new ReliableSender({
    now: clock.now,
    messageId: randomUUID,
    transmit: (bytes) => wire.push(bytes),
  })
  return { clock, sender, wire }
}

function tick(clock: ManualClock, sender: ReliableSender, times: number): void {
  for (let count = 0; count < times; count++) {
    clock.advance(resendInterval)
    sender.resendIfDue()
  }
}

function receiverAlone() {
  const receiving = {
    ready: true as boolean | 'once',
    acknowledged: [] as number[],
    delivered: [] as number[],
    receiver: new ReliableReceiver({
      acknowledge: ({ sequenceNumber }) => receiving.acknowledged.push(sequenceNumber),
      take: ({ sequenceNumber }) => {
        if (receiving.ready === false) return false
        if (receiving.ready === 'once') receiving.ready = false
        receiving.delivered.push(sequenceNumber)
        return true
      },
    }),
  }
  return receiving
}

function frame(sequenceNumber: number): Frame {
  return {
    messageType: 'input_stream_data',
    createdDate: 1,
    sequenceNumber,
    flags: 0,
    messageId: randomUUID(),
    payloadType: 1,
    payload: new Uint8Array(),
  }
}

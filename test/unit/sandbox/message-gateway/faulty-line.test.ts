import { describe, expect, it } from 'vitest'
import {
  type FrameInTransit,
  type LineFault,
  seededFaults,
} from '../../../../src/sandbox/services/message-gateway/fault-plan.ts'
import { FaultyLine } from '../../../../src/sandbox/services/message-gateway/faulty-line.ts'
import {
  decodeFrame,
  encodeFrame,
  messageType,
} from '../../../../src/sandbox/services/message-gateway/frame.ts'
import { ManualClock } from './manual-clock.ts'

describe('a line', () => {
  it.each<[string, LineFault, string[]]>([
    ['loses', { kind: 'drop' }, ['0', '2']],
    ['doubles', { kind: 'duplicate' }, ['0', '1', '1', '2']],
    ['swaps', { kind: 'swap' }, ['0', '2', '1']],
    ['spoils the digest of', { kind: 'corrupt', what: 'digest' }, ['0', 'wrong-digest', '2']],
    ['takes the date of', { kind: 'corrupt', what: 'created-date' }, ['0', 'no-created-date', '2']],
    ['pads with NUL', { kind: 'corrupt', what: 'nul-padding' }, ['0', '1', '2']],
    ['gives a wrong length to', { kind: 'corrupt', what: 'payload-length' }, ['0', '1', '2']],
  ])('%s a frame', (_name, fault, received) => {
    const { line, heard } = lineWithFaultAt(1, fault)
    for (const payload of ['0', '1', '2']) line.send(frame(payload))
    expect(heard).toEqual(received)
  })

  it('renames a frame', () => {
    const { line, types } = lineWithFaultAt(0, { kind: 'corrupt', what: 'unknown-message-type' })
    line.send(frame('0'))
    expect(types).toEqual(['porthole_unknown'])
  })

  it('delays a frame while others overtake it', () => {
    const { clock, line, heard } = lineWithFaultAt(0, { kind: 'delay', milliseconds: 30 })
    line.send(frame('0'))
    line.send(frame('1'))
    clock.advance(30)
    expect(heard).toEqual(['1', '0'])
  })

  it('delivers a swapped frame that has no successor', () => {
    const { clock, line, heard } = lineWithFaultAt(0, { kind: 'swap' })
    line.send(frame('0'))
    clock.advance(50)
    expect(heard).toEqual(['0'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('kills its socket', () => {
    const { deaths, line } = lineWithFaultAt(0, { kind: 'kill-socket', how: 'abrupt' })
    line.send(frame('0'))
    expect(deaths).toEqual(['abrupt'])
  })

  it('keeps no timer after its end', () => {
    const { clock, line, heard } = lineWithFaultAt(0, { kind: 'delay', milliseconds: 30 })
    line.send(frame('0'))
    line[Symbol.dispose]()
    expect(clock.pendingTimers).toBe(0)
    clock.advance(100)
    expect(heard).toEqual([])
  })
})

describe('seeded faults', () => {
  const stream = Array.from({ length: 200 }, (_empty, index) => inTransit(index, messageType.output))

  it('are the same for the same seed and others for another', () => {
    const run = (seed: number) => stream.map(seededFaults({ seed, drop: 0.5 })).map((fault) => fault?.kind)
    expect(run(1)).toEqual(run(1))
    expect(run(1)).not.toEqual(run(2))
    const dropped = run(1).filter((kind) => kind === 'drop').length
    expect(dropped).toBeGreaterThan(60)
    expect(dropped).toBeLessThan(140)
  })

  it('leave alone what is never repeated, and the direction that is not meant', () => {
    const all = seededFaults({ seed: 1, drop: 1, direction: 'to-client' })
    expect(all(inTransit(0, messageType.output))).toEqual({ kind: 'drop' })
    expect(all(inTransit(0, messageType.channelClosed))).toBeUndefined()
    expect(all({ ...inTransit(0, messageType.input), direction: 'to-agent' })).toBeUndefined()
  })

  it('lose acknowledgements only when asked to', () => {
    const lost = seededFaults({ seed: 1, lostAcknowledgements: 1 })
    expect(lost(inTransit(0, messageType.acknowledge))).toEqual({ kind: 'drop' })
    expect(lost(inTransit(0, messageType.output))).toBeUndefined()
  })
})

function lineWithFaultAt(faultyIndex: number, fault: LineFault) {
  const clock = new ManualClock()
  const heard: string[] = []
  const types: string[] = []
  const deaths: string[] = []
  const line = new FaultyLine({
    clock,
    direction: 'to-client',
    faults: () => (frame) => (frame.index === faultyIndex ? fault : undefined),
    deliver: (bytes) => {
      const decoded = decodeFrame(bytes)
      heard.push(decoded.ok ? Buffer.from(decoded.frame.payload).toString() : decoded.problem)
      if (decoded.ok) types.push(decoded.frame.messageType)
    },
    killSocket: (how) => deaths.push(how),
  })
  return { clock, line, heard, types, deaths }
}

function frame(payload: string): Uint8Array {
  return encodeFrame({
    messageType: messageType.output,
    createdDate: 1,
    sequenceNumber: Number(payload),
    flags: 0,
    messageId: 'f2cdbd9f-15b1-4cbd-88d4-299eb8d86b36',
    payloadType: 1,
    payload: Buffer.from(payload),
  })
}

function inTransit(index: number, type: string): FrameInTransit {
  return { direction: 'to-client', index, messageType: type, payloadType: 1, sequenceNumber: index }
}

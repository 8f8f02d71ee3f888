import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AsciicastEncoder } from '../../../../../src/core/audit/recording/asciicast.ts'
import { containerRef, recordingStart, replayOutput } from '../audit-fixtures.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('AsciicastEncoder', () => {
  it('writes a header of version 3 with our own member', () => {
    const start = recordingStart({ startedAt: 1_700_000_000_789, title: 'x\u2028\u009b2J' })
    const line = new AsciicastEncoder().header(start)
    expect(line.endsWith('\n')).toBe(true)
    expect(line).toContain('x\\u2028\\u009b2J')
    expect(JSON.parse(line)).toEqual({
      version: 3,
      term: { cols: 80, rows: 24, type: 'xterm-256color' },
      timestamp: 1_700_000_000,
      command: '/bin/sh',
      title: 'x\u2028\u009b2J',
      tags: ['ecs-exec', 'staging'],
      porthole: {
        sessionId: start.sessionId,
        startedAt: 1_700_000_000_789,
        account: '111122223333',
        region: 'eu-central-1',
        clusterArn: containerRef().clusterArn,
        serviceName: 'shop',
        taskArn: containerRef().taskArn,
        container: 'nginx',
      },
    })
  })

  it('writes each kind of event', () => {
    const encoder = new AsciicastEncoder()
    expect(encoder.output(248.4, bytes('ls\r\n\u001b[1m"\\'))).toBe(
      '[0.248, "o", "ls\\r\\n\\u001b[1m\\"\\\\"]\n',
    )
    expect(encoder.resize(1000, { cols: 120, rows: 40 })).toBe('[0.752, "r", "120x40"]\n')
    expect(encoder.marker(1001, 'uname -a')).toBe('[0.001, "m", "uname -a"]\n')
  })

  it('carries the remainder of rounding into the next interval', () => {
    const encoder = new AsciicastEncoder()
    const intervals = [0.4, 0.8, 1.2, 1.6, 2].map((at) => Number(encoder.marker(at, '').slice(1, 6)) * 1000)
    expect(intervals).toEqual([0, 1, 0, 1, 0])
  })

  it('never drifts by more than half a millisecond, whatever the times', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true })), (gaps) => {
        const encoder = new AsciicastEncoder()
        let elapsed = 0
        let written = 0
        for (const gap of gaps) {
          elapsed += gap
          const [interval] = JSON.parse(encoder.marker(elapsed, '')) as [number]
          written += interval * 1000
          expect(Math.abs(written - elapsed)).toBeLessThanOrEqual(0.5 + 1e-6)
        }
      }),
    )
  })

  it('stands still while the clock is set back', () => {
    const encoder = new AsciicastEncoder()
    encoder.marker(5000, '')
    expect(encoder.marker(1000, '')).toBe('[0.000, "m", ""]\n')
    expect(encoder.marker(5500, '')).toBe('[0.500, "m", ""]\n')
  })

  it('joins characters whose bytes come apart', () => {
    const encoder = new AsciicastEncoder()
    const [first, second, third, fourth] = bytes('😀')
    expect(encoder.output(0, Uint8Array.of(0x61, Number(first), Number(second)))).toBe('[0.000, "o", "a"]\n')
    expect(encoder.output(10, Uint8Array.of(Number(third)))).toBe('')
    expect(encoder.resize(20, { cols: 1, rows: 1 })).toBe('[0.020, "r", "1x1"]\n')
    expect(encoder.output(30, Uint8Array.of(Number(fourth), 0x62))).toBe('[0.010, "o", "😀b"]\n')
    expect(encoder.flush(40)).toBe('')
  })

  it('shows a character that never became whole at the end', () => {
    const encoder = new AsciicastEncoder()
    encoder.output(0, Uint8Array.of(0xe2, 0x82))
    expect(encoder.flush(5)).toBe('[0.005, "o", "\ufffd"]\n')
  })

  it('keeps a byte order mark and escapes what could act on a terminal', () => {
    const line = new AsciicastEncoder().output(0, bytes('\ufeff\u0000\u007f\u009b31m\u2028\u2029'))
    expect(line).toBe('[0.000, "o", "\ufeff\\u0000\\u007f\\u009b31m\\u2028\\u2029"]\n')
  })

  it('replays to the very text, however the bytes were cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (text, lengths) => {
          const given = bytes(text.toWellFormed())
          const encoder = new AsciicastEncoder()
          let recording = encoder.header(recordingStart())
          for (let at = 0, turn = 0; at < given.length; turn += 1) {
            const length = lengths[turn % lengths.length] ?? 1
            recording += encoder.output(turn, given.subarray(at, at + length))
            at += length
          }
          recording += encoder.flush(1000)
          expect(replayOutput(recording)).toBe(text.toWellFormed())
          // biome-ignore lint/suspicious/noControlCharactersInRegex: the absence of these is what is tested
          expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(recording)).toBe(false)
        },
      ),
    )
  })

  it('keeps lines shorter than a page, also when every byte needs escaping', () => {
    const lines = new AsciicastEncoder().output(0, new Uint8Array(1024 * 1024).fill(0x1b)).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(256 * 1024)
    expect(lines.length - 1).toBe(32)
  })
})

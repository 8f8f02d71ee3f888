import { afterEach, describe, expect, it } from 'vitest'
import type { Channel, ChannelMessage } from '../../../src/channel/channel.ts'

export interface Carrier {
  name: string
  /** Two ends of one fresh channel, and what to end afterwards. */
  open(): Promise<{ ends: [Channel, Channel]; dispose(): Promise<void> | void }>
}

const megabyte = 1024 * 1024

/** The rules written down in src/channel/channel.ts, as tests that every carrier passes. */
export function describeChannelConformance(carrier: Carrier): void {
  describe(`channel over ${carrier.name}`, () => {
    const opened: { dispose(): Promise<void> | void }[] = []
    const open = async () => {
      const channel = await carrier.open()
      opened.push(channel)
      return channel.ends
    }
    afterEach(async () => {
      for (const channel of opened.splice(0)) await channel.dispose()
    })

    it('delivers text and bytes once, in order, in both directions', async () => {
      const [left, right] = await open()
      const atRight = collect(right, 200)
      const atLeft = collect(left, 1)
      for (let index = 0; index < 100; index++) {
        left.post(`text ${index}`)
        left.post(new Uint8Array([index, 255 - index]))
      }
      right.post('answer')
      const received = await atRight
      for (let index = 0; index < 100; index++) {
        expect(received[index * 2]).toBe(`text ${index}`)
        expect(received[index * 2 + 1]).toEqual(new Uint8Array([index, 255 - index]))
      }
      expect(await atLeft).toEqual(['answer'])
    })

    it('keeps messages for the first listener', async () => {
      const [left, right] = await open()
      left.post('early')
      left.post(new Uint8Array([1]))
      const roundTrip = collect(left, 1)
      right.post('answer')
      await roundTrip
      expect(await collect(right, 2)).toEqual(['early', new Uint8Array([1])])
    })

    it('gives kept messages to all who subscribe together', async () => {
      const [left, right] = await open()
      left.post('early')
      const [first, second] = [collect(right, 1), collect(right, 1)]
      expect(await first).toEqual(['early'])
      expect(await second).toEqual(['early'])
    })

    it('takes a copy: the sender may reuse its buffer', async () => {
      const [left, right] = await open()
      const received = collect(right, 2)
      const pool = new Uint8Array(megabyte)
      pool.set([1, 2, 3], 500)
      left.post(pool.subarray(500, 503))
      pool.fill(9)
      left.post(pool.subarray(0, 2))
      const messages = await received
      expect(messages).toEqual([new Uint8Array([1, 2, 3]), new Uint8Array([9, 9])])
      // A small message must not drag a large pool with it.
      expect((messages[0] as Uint8Array).buffer.byteLength).toBeLessThan(1024)
    })

    it('carries large messages and empty ones', async () => {
      const [left, right] = await open()
      const received = collect(right, 3)
      const large = new Uint8Array(4 * megabyte).map((_, index) => index % 251)
      left.post(large)
      left.post('')
      left.post(new Uint8Array(0))
      const [first, ...rest] = await received
      expect(Buffer.compare(first as Uint8Array, large)).toBe(0)
      expect(rest).toEqual(['', new Uint8Array(0)])
    })

    it('tells both ends once when it closes, also those who ask late', async () => {
      const [left, right] = await open()
      const calls: string[] = []
      const rightClosed = new Promise<void>((resolve) => right.onClose(resolve))
      left.onClose(() => calls.push('left'))
      right.onClose(() => calls.push('right'))
      left.close()
      left.close()
      await rightClosed
      right.close()
      await new Promise<void>((resolve) => right.onClose(resolve))
      await new Promise<void>((resolve) => left.onClose(resolve))
      expect(calls.sort()).toEqual(['left', 'right'])
    })

    it('ignores what is posted after close', async () => {
      const [left, right] = await open()
      const messages: ChannelMessage[] = []
      right.onMessage((message) => messages.push(message))
      const closed = new Promise<void>((resolve) => right.onClose(resolve))
      left.close()
      left.post('late')
      await closed
      expect(messages).toEqual([])
    })

    it('stops telling a listener that was disposed', async () => {
      const [left, right] = await open()
      const messages: ChannelMessage[] = []
      right.onMessage((message) => messages.push(message))[Symbol.dispose]()
      const other = collect(right, 1)
      left.post('for the other')
      await other
      expect(messages).toEqual([])
    })
  })
}

function collect(channel: Channel, count: number): Promise<ChannelMessage[]> {
  return new Promise((resolve) => {
    const messages: ChannelMessage[] = []
    const subscription = channel.onMessage((message) => {
      messages.push(message)
      if (messages.length < count) return
      subscription[Symbol.dispose]()
      resolve(messages)
    })
  })
}

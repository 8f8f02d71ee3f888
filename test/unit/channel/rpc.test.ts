import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createChannelPair } from '../../../src/channel/in-process-channel.ts'
import { createRpcClient, serveRpc } from '../../../src/channel/rpc.ts'
import { PortholeError } from '../../../src/contract/errors.ts'

const methods = {
  double: { params: z.object({ value: z.number() }), result: z.number() },
  fail: { params: z.object({ how: z.enum(['known', 'unknown']) }), result: z.object({}) },
  lie: { params: z.object({}), result: z.string() },
  never: { params: z.object({}), result: z.string() },
}
const events = { tick: z.object({ count: z.number() }) }

function connect() {
  const [clientEnd, serverEnd] = createChannelPair()
  const failures: string[] = []
  const violations: string[] = []
  const server = serveRpc({
    channel: serverEnd,
    methods,
    events,
    onFailure: (method) => failures.push(method),
    handlers: {
      double: async ({ value }) => value * 2,
      fail: async ({ how }) => {
        if (how === 'unknown') throw new TypeError('boom')
        throw new PortholeError({ code: 'ACCESS_DENIED', message: 'Not yours.', action: 'Ask.' })
      },
      lie: async () => 42 as unknown as string,
      never: () => new Promise<string>(() => {}),
    },
  })
  const client = createRpcClient({
    channel: clientEnd,
    methods,
    events,
    onViolation: (problem) => violations.push(problem),
  })
  return { client, server, clientEnd, serverEnd, failures, violations }
}

describe('RPC over a channel', () => {
  it('answers a call', async () => {
    const { client } = connect()
    expect(await client.call('double', { value: 21 })).toEqual({ ok: true, value: 42 })
  })

  it('carries an error that a person can act on as a value, code included', async () => {
    const { client, failures } = connect()
    expect(await client.call('fail', { how: 'known' })).toEqual({
      ok: false,
      error: { code: 'ACCESS_DENIED', message: 'Not yours.', action: 'Ask.', retryable: false },
    })
    expect(failures).toEqual([])
  })

  it('reports any other failure where it happened and answers INTERNAL', async () => {
    const { client, failures } = connect()
    const answer = await client.call('fail', { how: 'unknown' })
    expect(answer).toMatchObject({ ok: false, error: { code: 'INTERNAL', detail: 'TypeError: boom' } })
    expect(failures).toEqual(['fail'])
  })

  it('lets no unchecked input reach a handler', async () => {
    const { client, clientEnd, serverEnd } = connect()
    expect(await client.call('double', { value: 'x' } as never)).toMatchObject({
      ok: false,
      error: { code: 'INVALID_REQUEST', message: 'The request of double is not as agreed at value.' },
    })
    const raw = new Promise<string>((resolve) => {
      clientEnd.onMessage((message) => resolve(String(message)))
    })
    clientEnd.post(JSON.stringify({ t: 'q', i: 'raw', m: 'call', a: ['double', { value: 'x' }] }))
    expect(await raw).toContain('INVALID_REQUEST')
    serverEnd.close()
  })

  it('lets no unchecked answer reach a caller', async () => {
    const { client } = connect()
    expect(await client.call('lie', {})).toMatchObject({ ok: false })
  })

  it('refuses methods outside the contract, inherited names too', async () => {
    const { client } = connect()
    for (const name of ['absent', 'constructor', '__proto__']) {
      const answer = await client.call(name as 'double', { value: 1 }).catch((thrown: unknown) => thrown)
      expect(answer).toBeDefined()
      expect(answer).not.toMatchObject({ ok: true })
    }
  })

  it('delivers events to those who listen, until they stop', async () => {
    const { client, server } = connect()
    const counts: number[] = []
    const subscription = client.on('tick', ({ count }) => counts.push(count))
    server.emit('tick', { count: 1 })
    await client.call('double', { value: 0 })
    subscription[Symbol.dispose]()
    server.emit('tick', { count: 2 })
    await client.call('double', { value: 0 })
    expect(counts).toEqual([1])
  })

  it('drops an event that breaks the contract and says so', async () => {
    const { client, serverEnd, violations } = connect()
    client.on('tick', () => expect.unreachable())
    serverEnd.post(JSON.stringify({ t: 'q', m: 'event', a: ['tick', { count: 'one' }] }))
    serverEnd.post(JSON.stringify({ t: 'q', m: 'event', a: ['tock', {}] }))
    await client.call('double', { value: 0 })
    expect(violations).toHaveLength(2)
  })

  it('survives messages that are no RPC, and lets bytes pass', async () => {
    const { client, clientEnd } = connect()
    clientEnd.post('{ not json')
    clientEnd.post('null')
    clientEnd.post(new Uint8Array([1, 2, 3]))
    expect(await client.call('double', { value: 1 })).toEqual({ ok: true, value: 2 })
  })

  it('ends pending and later calls when the channel closes', async () => {
    const { client, serverEnd } = connect()
    const pending = client.call('never', {})
    serverEnd.close()
    expect(await pending).toMatchObject({ ok: false, error: { code: 'CONNECTION_LOST', retryable: true } })
    expect(await client.call('double', { value: 1 })).toMatchObject({
      ok: false,
      error: { code: 'CONNECTION_LOST' },
    })
  })
})

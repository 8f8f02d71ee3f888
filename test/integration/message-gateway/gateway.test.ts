import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { realAgentSettings } from '../../../src/sandbox/services/message-gateway/agent-settings.ts'
import { pluginNotFound, seededFaults } from '../../../src/sandbox/services/message-gateway/fault-plan.ts'
import { ManualClock } from '../../unit/sandbox/message-gateway/manual-clock.ts'
import { DataChannelClient, openDataChannel } from './data-channel-client.ts'
import { GatewayFixture, taskArn } from './gateway-fixture.ts'

describe('a shell', () => {
  it('prompts, echoes, runs commands and writes its transcript', async () => {
    await using fixture = await GatewayFixture.start()
    const { client } = await fixture.connectedSession()
    using _client = client
    await client.until(() => client.frames.some(({ type }) => type === 'start_publication'))
    await client.untilText('test$ ')
    client.type('echo $((40 + 2)) föö\r')
    await client.untilText('42 föö\r\n')
    expect(client.text).toContain('echo $((40 + 2)) föö')
    expect(Buffer.concat(fixture.transcript)).toEqual(client.output)
  })

  it('gets the size that the client sends', async () => {
    await using fixture = await GatewayFixture.start()
    const { client } = await fixture.connectedSession()
    using _client = client
    await client.untilText('test$ ')
    const sequenceNumber = client.resize(132, 43)
    await client.until(() => client.acknowledged.has(sequenceNumber))
    client.type('stty size\r')
    await client.untilText('43 132')
  })

  it('takes every byte as it is typed: interrupt, quoted flow control, carriage return', async () => {
    await using fixture = await GatewayFixture.start()
    const { client } = await fixture.connectedSession({
      args: ['-c', 'stty raw -echo; echo ready; head -c 4 | od -An -tx1'],
    })
    using _client = client
    await client.untilText('ready')
    client.type('\x03\x13\x11\r')
    await client.untilText('03 13 11 0d')
  })

  it('ends with channel_closed and a closed socket when it exits', async () => {
    await using fixture = await GatewayFixture.start()
    const { client, sessionId } = await fixture.connectedSession()
    using _client = client
    await client.untilText('test$ ')
    client.type('echo last words; exit\r')
    await client.untilClosed()
    expect(client.text).toContain('last words\r\n')
    expect(client.channelClosed).toMatchObject({
      MessageType: 'channel_closed',
      SessionId: sessionId,
      SchemaVersion: 1,
      Output: '',
    })
    expect(client.closeCode).toBe(1000)
    expect(fixture.ended).toEqual([sessionId])
    expect(fixture.gateway.resume(sessionId)).toBeUndefined()
  })

  it('sends all output of a command that is over in no time', async () => {
    await using fixture = await GatewayFixture.start({ agent: { firstOutputDelay: 100 } })
    const { client } = await fixture.connectedSession({ args: ['-c', 'seq 3000'] })
    using _client = client
    await client.untilClosed()
    expect(client.text.split('\r\n')).toHaveLength(3001)
    expect(client.text.endsWith('3000\r\n')).toBe(true)
  })

  it("that does not exist ends the session with the agent's text", async () => {
    await using fixture = await GatewayFixture.start()
    const { client } = await fixture.connectedSession({ program: '/missing' })
    using _client = client
    await client.untilClosed()
    expect(client.channelClosed?.Output).toBe(
      'Unable to start command: Failed to start pty: no such file or directory',
    )
  })
})

describe('a connection', () => {
  it('may break in the middle of output without losing any', async () => {
    await using fixture = await GatewayFixture.start({ agent: { chunkInterval: 1 } })
    const { client, sessionId } = await fixture.connectedSession({ args: ['-c', 'seq 20000; read wait'] })
    using _client = client
    for (const how of ['abrupt', 'clean', 'abrupt'] as const) {
      const length = client.output.byteLength
      await client.until(() => client.output.byteLength > length + 10_000)
      fixture.gateway.killSocket(sessionId, how)
      await client.untilClosed()
      await client.connect(resumed(fixture, sessionId))
    }
    await client.untilText('\r\n20000\r\n')
    expect(client.text).toBe(sequence(20_000))
  })

  it.each(['clean', 'abrupt'] as const)(
    'that is killed (%s) is sent nothing more, not even while it closes',
    async (how) => {
      await using fixture = await GatewayFixture.start()
      const { client, sessionId } = await fixture.connectedSession()
      using _client = client
      await client.untilText('test$ ')
      fixture.gateway.killSocket(sessionId, how)
      expect(fixture.gateway.statistics(sessionId)?.connected).toBe(false)
      await client.untilClosed()
      expect(client.closeCode).toBe(how === 'clean' ? 1000 : 1006)
    },
  )

  it('that comes while another is open replaces it', async () => {
    await using fixture = await GatewayFixture.start()
    const { client: first, sessionId } = await fixture.connectedSession()
    using _first = first
    await first.untilText('test$ ')
    using second = new DataChannelClient()
    await second.connect(resumed(fixture, sessionId))
    await first.untilClosed()
    second.send(1, Buffer.from('echo $((1 + 1))\r'))
    await second.until(() => second.streamFrames.some(({ payload }) => payload.includes('2')))
    expect(fixture.ended).toEqual([])
  })

  it('hears unacknowledged output again and again', async () => {
    await using fixture = await GatewayFixture.start()
    const { client, sessionId } = await fixture.connectedSession()
    using _client = client
    client.onStreamData = () => {}
    const first = () => client.streamFrames.filter(({ sequenceNumber }) => sequenceNumber === 0)
    await client.until(() => first().length >= 4)
    for (const repeated of first()) expect(repeated).toEqual(first()[0])
    client.onStreamData = (sequenceNumber) => client.acknowledge(sequenceNumber)
    await allAcknowledged(fixture, sessionId)
    expect(client.text).toContain('test$ ')
  })

  it('survives a line that loses, doubles, swaps and spoils frames', async () => {
    await using fixture = await GatewayFixture.start({
      faults: () => ({
        line: seededFaults({
          seed: 7,
          drop: 0.02,
          duplicate: 0.05,
          swap: 0.05,
          lostAcknowledgements: 0.02,
          corrupt: { chance: 0.01, what: 'digest' },
        }),
      }),
    })
    const { client } = await fixture.connectedSession({ args: ['-c', 'seq 40000; read wait'] })
    using _client = client
    const expected = sequence(40_000)
    await client.until(() => client.outputLength >= expected.length)
    expect(client.text).toBe(expected)
  })

  it('is left in a loop of pause_publication when the task dies', async () => {
    await using fixture = await GatewayFixture.start()
    const { client, sessionId } = await fixture.connectedSession()
    using _client = client
    await client.untilText('test$ ')
    await allAcknowledged(fixture, sessionId)
    const pauses = () => client.frames.filter(({ type }) => type === 'pause_publication').length
    fixture.gateway.taskStopped(taskArn)
    await client.until(() => pauses() === 1)
    expect(fixture.ended).toEqual([sessionId])
    client.type('anyone there?')
    await client.until(() => pauses() === 2)
    client.type('hello?')
    await client.until(() => pauses() === 3)
    expect(client.closeCode).toBeUndefined()
    expect(client.channelClosed).toBeUndefined()
    expect(fixture.gateway.resume(sessionId)).toBeUndefined()
  })

  it('hears pause_publication while the agent is away and goes on after', async () => {
    await using fixture = await GatewayFixture.start()
    const { client, sessionId } = await fixture.connectedSession()
    using _client = client
    await client.untilText('test$ ')
    await allAcknowledged(fixture, sessionId)
    const heard = (wanted: string) => client.frames.filter(({ type }) => type === wanted).length
    fixture.gateway.setFaults(sessionId, { agentUnreachable: true })
    await client.until(() => heard('pause_publication') === 1)
    const command = Buffer.from('echo $((2 + 3))\r')
    const sequenceNumber = client.send(1, command)
    await client.until(() => heard('pause_publication') === 2)
    expect(client.acknowledged.has(sequenceNumber)).toBe(false)
    fixture.gateway.setFaults(sessionId, {})
    await client.until(() => heard('start_publication') === 2)
    client.sendAs(sequenceNumber, 1, command)
    await client.untilText('5\r\n')
  })

  it('may be slow to acknowledge a flood, and the gateway holds little of it', async () => {
    await using fixture = await GatewayFixture.start()
    const length = 10_000_000
    const program = `head -c ${length} /dev/zero | tr '\\0' x; read wait`
    const { client, sessionId } = await fixture.connectedSession({ args: ['-c', program] })
    using _client = client
    const late = new Set<number>()
    let repeats = 0
    client.onStreamData = (sequenceNumber) => {
      if (late.has(sequenceNumber)) repeats++
      late.add(sequenceNumber)
    }
    await client.until(() => repeats === 3)
    const limit = realAgentSettings.unackedLimit + 1144
    expect(client.outputLength).toBeGreaterThan(limit / 2)
    expect(client.outputLength).toBeLessThan(limit)
    expect(fixture.gateway.statistics(sessionId)?.unackedBytes).toBeLessThan(limit)
    const framesPerBurst = 200
    client.onStreamData = (sequenceNumber) => {
      late.add(sequenceNumber)
      if (late.size < framesPerBurst && client.outputLength < length - 1024) return
      for (const each of late) client.acknowledge(each)
      late.clear()
    }
    await client.until(() => client.outputLength === length)
  })
})

describe('the end of a session', () => {
  it('comes with the real text when nothing happens for too long', async () => {
    await using fixture = await GatewayFixture.start({ agent: { idleTimeout: 300 } })
    const { client, sessionId } = await fixture.connectedSession()
    using _client = client
    await client.untilClosed()
    expect(client.channelClosed?.Output).toBe(
      'Your session timed out due to inactivity and has been terminated.',
    )
    expect(fixture.ended).toEqual([sessionId])
  })

  it('is put off for 20 minutes by every keystroke', async () => {
    const clock = new ManualClock()
    await using fixture = await GatewayFixture.start({ clock, closeDelay: 1500 })
    const { client, sessionId } = await fixture.connectedSession({
      args: ['-c', 'stty -echo; cat > /dev/null'],
    })
    using _client = client
    await client.until(() => client.frames.some(({ type }) => type === 'start_publication'))
    const almost = realAgentSettings.idleTimeout - 1
    for (const key of ['a', 'b']) {
      clock.advance(almost)
      const sequenceNumber = client.type(key)
      await client.until(() => client.acknowledged.has(sequenceNumber))
    }
    clock.advance(almost)
    expect(fixture.ended).toEqual([])
    clock.advance(1)
    expect(fixture.ended).toEqual([sessionId])
    await client.until(() => client.channelClosed !== undefined)
    expect(client.closeCode).toBeUndefined()
    clock.advance(1500)
    await client.untilClosed()
    await expect.poll(() => clock.pendingTimers).toBe(0)
  })

  it('comes at once when it is terminated', async () => {
    await using fixture = await GatewayFixture.start()
    const { client, sessionId } = await fixture.connectedSession()
    using _client = client
    await client.untilText('test$ ')
    expect(fixture.gateway.terminate(sessionId)).toBe(true)
    await client.untilClosed()
    expect(client.channelClosed?.Output).toBe('')
    expect(fixture.gateway.terminate(sessionId)).toBe(true)
    expect(fixture.gateway.terminate('ecs-execute-command-unknown')).toBe(false)
    expect(fixture.ended).toEqual([sessionId])
  })

  it('comes when the client sends the terminate flag', async () => {
    await using fixture = await GatewayFixture.start()
    const { client } = await fixture.connectedSession()
    using _client = client
    await client.untilText('test$ ')
    client.send(10, Buffer.from([0, 0, 0, 2]))
    await client.untilClosed()
    expect(client.channelClosed?.Output).toBe('')
  })

  it('comes with the text of a broken task', async () => {
    await using fixture = await GatewayFixture.start({ faults: () => ({ startFailure: pluginNotFound }) })
    const { client } = await fixture.connectedSession()
    using _client = client
    await client.untilClosed()
    expect(client.channelClosed?.Output).toBe(pluginNotFound)
    expect(fixture.processes).toEqual([])
  })

  it('leaves nothing behind', async () => {
    await using fixture = await GatewayFixture.start()
    const { client, sessionId } = await fixture.connectedSession()
    using _client = client
    await client.untilText('test$ ')
    client.type('exit\r')
    await client.untilClosed()
    await expect.poll(() => fixture.gateway.statistics(sessionId)).toBeUndefined()
    expect(fixture.processes.every(({ gone }) => gone)).toBe(true)
  })
})

describe('a token', () => {
  it('is waited for five seconds and no longer', async () => {
    const clock = new ManualClock()
    await using fixture = await GatewayFixture.start({ clock })
    const { streamUrl } = fixture.createSession()
    const silent = new WebSocket(streamUrl)
    await once(silent, 'open')
    clock.advance(4999)
    expect(silent.readyState).toBe(WebSocket.OPEN)
    clock.advance(1)
    const [code] = await once(silent, 'close')
    expect(code).toBe(1008)
  })

  it('is good once', async () => {
    await using fixture = await GatewayFixture.start()
    const { client, grant } = await fixture.connectedSession()
    using _client = client
    await client.untilText('test$ ')
    using thief = new DataChannelClient()
    await thief.connect(grant)
    await thief.untilClosed()
    expect(thief.closeCode).toBe(1008)
    expect(client.closeCode).toBeUndefined()
  })

  it('opens nothing once the session is over, even while its socket lives', async () => {
    await using fixture = await GatewayFixture.start({ closeDelay: 60_000 })
    const { client, sessionId } = await fixture.connectedSession()
    using _client = client
    await client.untilText('test$ ')
    const grant = resumed(fixture, sessionId)
    fixture.gateway.terminate(sessionId)
    using latecomer = new DataChannelClient()
    await latecomer.connect(grant)
    await latecomer.untilClosed()
    expect(latecomer.closeCode).toBe(1008)
    expect(client.closeCode).toBeUndefined()
  })

  it.each([
    ['wrong', openDataChannel('wrong')],
    ['not JSON', 'hello'],
    ['binary', Buffer.from('hello')],
  ])('is refused when it is %s', async (_name, token) => {
    await using fixture = await GatewayFixture.start()
    const grant = fixture.createSession()
    using client = new DataChannelClient()
    await client.connect(grant, { token })
    await client.untilClosed()
    expect(client.closeCode).toBe(1008)
    expect(client.frames).toEqual([])
  })

  it('is refused as often as the fault plan says', async () => {
    await using fixture = await GatewayFixture.start({ faults: () => ({ refusedTokens: 1 }) })
    const { client, sessionId } = await fixture.connectedSession()
    using _client = client
    await client.untilClosed()
    expect(client.closeCode).toBe(1008)
    await client.connect(resumed(fixture, sessionId))
    await client.untilText('test$ ')
  })
})

describe('an upgrade', () => {
  it('is refused with the verdict on a bad signature', async () => {
    await using fixture = await GatewayFixture.start({
      verifySignature: () => ({
        ok: false,
        status: 403,
        body: '{"message":"The signature does not match."}',
      }),
    })
    const { streamUrl } = fixture.createSession()
    const headers = { Authorization: 'AWS4-HMAC-SHA256 Credential=...' }
    expect(await upgradeStatus(streamUrl, headers)).toEqual([
      403,
      '{"message":"The signature does not match."}',
    ])
    expect(await upgradeStatus(`${streamUrl}&X-Amz-Signature=00`, {})).toEqual([403, expect.any(String)])
  })

  it('is accepted without a signature, and with a good one', async () => {
    const verified: string[] = []
    await using fixture = await GatewayFixture.start({
      verifySignature: (request) => {
        verified.push(request.url ?? '')
        return { ok: true }
      },
    })
    const { streamUrl } = fixture.createSession()
    expect(await upgradeStatus(streamUrl, {})).toEqual([101, ''])
    expect(verified).toEqual([])
    expect(await upgradeStatus(streamUrl, { Authorization: 'AWS4-HMAC-SHA256 ...' })).toEqual([101, ''])
    expect(verified).toEqual([new URL(streamUrl).pathname + new URL(streamUrl).search])
  })

  it('is refused as often as the fault plan says', async () => {
    await using fixture = await GatewayFixture.start({ faults: () => ({ refusedUpgrades: 1 }) })
    const { streamUrl } = fixture.createSession()
    expect(await upgradeStatus(streamUrl, {})).toEqual([503, ''])
    expect(await upgradeStatus(streamUrl, {})).toEqual([101, ''])
  })

  it("to another path is not the gateway's", async () => {
    await using fixture = await GatewayFixture.start()
    const { streamUrl } = fixture.createSession()
    const other = new WebSocket(new URL('/v1/control-channel/x', streamUrl))
    const [error] = await once(other, 'error')
    expect(String(error)).toMatch(/socket hang up|ECONNRESET/)
  })
})

describe('what the real service does oddly', () => {
  it('is there when asked for: broken start_publication and stray messages', async () => {
    await using fixture = await GatewayFixture.start({
      faults: () => ({ brokenStartPublication: true, strayMessages: true }),
    })
    const grant = fixture.createSession({ args: ['-c', 'read wait'] })
    const socket = new WebSocket(grant.streamUrl)
    await once(socket, 'open')
    const messages: { data: Buffer; isBinary: boolean }[] = []
    socket.on('message', (data: Buffer, isBinary) => messages.push({ data, isBinary }))
    socket.send(openDataChannel(grant.tokenValue))
    while (messages.length < 4) await once(socket, 'message')
    socket.terminate()
    const [start, text, short, unknown] = messages
    expect(start?.data.toString('latin1', 4, 36).trim()).toBe('start_publication')
    expect(start?.data.readUInt32BE(116)).not.toBe((start?.data.byteLength ?? 0) - 120)
    expect(text?.isBinary).toBe(false)
    expect(short?.data.byteLength).toBe(3)
    expect(unknown?.data.toString('latin1', 4, 36).trim()).toBe('porthole_unknown')
  })
})

describe('an encrypted session', () => {
  it('carries a shell that only the key can read', async () => {
    await using fixture = await GatewayFixture.start()
    const { client, dataKey } = await shakeHands(fixture, 'sealed data key')
    using _client = client
    await client.until(() => client.streamFrames.some(({ payloadType }) => payloadType === 7))
    const plainText = () =>
      client.streamFrames
        .filter(({ payloadType }) => payloadType === 1)
        .map(({ payload }) => open(dataKey.subarray(0, 32), payload).toString())
        .join('')
    await client.until(() => plainText().includes('test$ '))
    client.sendAs(2, 1, seal(dataKey.subarray(32), Buffer.from('echo $((6 * 7))\r')))
    await client.until(() => plainText().includes('42'))
    expect(client.text).not.toContain('test$ ')
  })

  it("ends with the agent's text when the key is wrong", async () => {
    await using fixture = await GatewayFixture.start()
    const { client } = await shakeHands(fixture, 'of another key')
    using _client = client
    await client.untilClosed()
    expect(client.channelClosed?.Output).toMatch(
      /^Encountered error while initiating handshake\. Fetching data key failed/,
    )
    expect(fixture.processes).toEqual([])
  })
})

/** Goes through the handshake of an encrypted session, with a challenge when the agent sends one. */
async function shakeHands(fixture: GatewayFixture, cipherText: string) {
  const dataKey = randomBytes(64)
  const decrypt = (blob: Uint8Array) =>
    Buffer.from(blob).toString() === 'sealed data key' ? dataKey : undefined
  const { client } = await fixture.connectedSession({ kms: { keyArn: 'arn:aws:kms:key', decrypt } })
  await client.until(() => client.streamFrames.some(({ payloadType }) => payloadType === 5))
  const ActionResult = {
    KMSCipherTextKey: Buffer.from(cipherText).toString('base64'),
    KMSCipherTextHash: null,
    ChallengeAcknowledgement: true,
  }
  const ProcessedClientActions = [
    { ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' },
    { ActionType: 'KMSEncryption', ActionStatus: 1, ActionResult, Error: '' },
  ]
  client.send(
    6,
    Buffer.from(JSON.stringify({ ClientVersion: '1.2.835.0', ProcessedClientActions, Errors: null })),
  )
  await client.until(
    () =>
      client.streamFrames.some(({ payloadType }) => payloadType === 8) || client.channelClosed !== undefined,
  )
  const request = client.streamFrames.find(({ payloadType }) => payloadType === 8)
  if (request !== undefined) {
    const sealed = Buffer.from(JSON.parse(request.payload.toString()).Challenge, 'base64')
    const answer = seal(dataKey.subarray(32), open(dataKey.subarray(0, 32), sealed))
    client.send(9, Buffer.from(JSON.stringify({ Challenge: answer.toString('base64') })))
  }
  return { client, dataKey }
}

function seal(key: Uint8Array, plain: Buffer): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function open(key: Uint8Array, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
  decipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
}

function resumed(fixture: GatewayFixture, sessionId: string) {
  const grant = fixture.gateway.resume(sessionId)
  if (grant === undefined) throw new Error('The session is over.')
  return grant
}

/** Resolves when nothing of the client is on its way to the agent. */
async function allAcknowledged(fixture: GatewayFixture, sessionId: string): Promise<void> {
  await expect.poll(() => fixture.gateway.statistics(sessionId)?.unackedBytes).toBe(0)
}

/** What `seq` prints on a pty. */
function sequence(last: number): string {
  return Array.from({ length: last }, (_empty, index) => `${index + 1}\r\n`).join('')
}

async function upgradeStatus(url: string, headers: Record<string, string>): Promise<[number, string]> {
  const socket = new WebSocket(url, { headers })
  const answer = Promise.withResolvers<[number, string]>()
  socket.on('error', answer.reject)
  socket.on('open', () => answer.resolve([101, '']))
  socket.on('unexpected-response', (_request, response) => {
    let body = ''
    response.on('data', (chunk) => {
      body += chunk
    })
    response.on('end', () => answer.resolve([response.statusCode ?? 0, body]))
  })
  try {
    return await answer.promise
  } finally {
    socket.removeAllListeners('error').on('error', () => {})
    socket.terminate()
  }
}

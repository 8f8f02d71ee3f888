import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ExecError } from '../../../../src/sandbox/containers/container-runtime.ts'
import type { ExecSessionSpec } from '../../../../src/sandbox/services/exec-session.ts'
import { AgentSession } from '../../../../src/sandbox/services/message-gateway/agent-session.ts'
import {
  type AgentSettings,
  realAgentSettings,
} from '../../../../src/sandbox/services/message-gateway/agent-settings.ts'
import type { FaultPlan } from '../../../../src/sandbox/services/message-gateway/fault-plan.ts'
import { frameFlags, payloadType } from '../../../../src/sandbox/services/message-gateway/frame.ts'
import { FakeProcess } from './fake-process.ts'
import { ManualClock } from './manual-clock.ts'
import { TestClient, TestClientCipher } from './test-client.ts'

describe('without handshake', () => {
  it('waits a second before the first output, which starts the sequence', async () => {
    const { clock, client, process } = await startedSession()
    process.print('$ ')
    clock.advance(999)
    expect(client.streamData()).toEqual([])
    clock.advance(1)
    expect(client.outputText()).toBe('$ ')
    expect(client.streamData()[0]).toMatchObject({ sequenceNumber: 0, flags: frameFlags.syn })
  })

  it('is silent about input until the pty is open, then takes what the client repeats', async () => {
    const session = newSession()
    session.agent.setConnected(true)
    session.client.send(payloadType.size, '{"cols":132,"rows":43}')
    expect(session.client.acknowledged()).toEqual([])
    await session.open()
    session.client.sendAs(0, payloadType.size, '{"cols":132,"rows":43}')
    expect(session.client.acknowledged()).toEqual([0])
    expect(session.process.sizes).toEqual([{ cols: 132, rows: 43 }])
  })

  it('writes each piece of input once and acknowledges it as often as it comes', async () => {
    const { client, process } = await startedSession()
    client.send(payloadType.output, 'ls')
    client.sendAs(0, payloadType.output, 'ls')
    client.send(payloadType.output, '\r')
    expect(process.written).toEqual(['ls', '\r'])
    expect(client.acknowledged()).toEqual([0, 0, 1])
  })

  it.each(['{"cols":0,"rows":24}', '{"cols":80}', '{"cols":1.5,"rows":2}', '{"cols":70000,"rows":2}', 'x'])(
    'acknowledges and ignores the size %s',
    async (size) => {
      const { client, process } = await startedSession()
      client.send(payloadType.size, size)
      expect(client.acknowledged()).toEqual([0])
      expect(process.sizes).toEqual([])
    },
  )

  it('drops and counts a frame with a wrong digest', async () => {
    const { agent, client } = await startedSession()
    agent.receive(Buffer.alloc(130, 1))
    expect(agent.statistics.refusedFrames).toBe(1)
    expect(client.frames).toEqual([])
  })

  it('ends the command when the client asks for it', async () => {
    const session = await startedSession()
    session.client.send(payloadType.flag, Buffer.from([0, 0, 0, 2]))
    expect(session.process.killed).toBe(true)
    session.process.end()
    expect(session.ended).toEqual([''])
  })

  it('leaves the command alone for flags of port sessions', async () => {
    const { client, process } = await startedSession()
    client.send(payloadType.flag, Buffer.from([0, 0, 0, 1]))
    client.send(payloadType.flag, Buffer.from([2]))
    expect(process.killed).toBe(false)
  })
})

describe('output', () => {
  it('leaves in chunks of 1024 bytes at most, one per millisecond', async () => {
    const { clock, client, process } = await startedSession()
    clock.advance(1000)
    process.print('x'.repeat(2500))
    expect(chunkLengths(client)).toEqual([1024])
    clock.advance(1)
    expect(chunkLengths(client)).toEqual([1024, 1024])
    clock.advance(1)
    expect(chunkLengths(client)).toEqual([1024, 1024, 452])
  })

  it('leaves at once without pacing', async () => {
    const { clock, client, process } = await startedSession({ settings: { chunkInterval: 0 } })
    clock.advance(1000)
    process.print('x'.repeat(2500))
    expect(chunkLengths(client)).toEqual([1024, 1024, 452])
  })

  it('is not cut inside a character, unless a fault asks for it', async () => {
    const whole = await startedSession({ settings: { chunkInterval: 0 } })
    whole.clock.advance(1000)
    whole.process.print('€'.repeat(400))
    expect(chunkLengths(whole.client)).toEqual([1023, 177])
    const split = await startedSession({ settings: { chunkInterval: 0 }, faults: { splitCharacters: true } })
    split.clock.advance(1000)
    split.process.print('€'.repeat(400))
    expect(chunkLengths(split.client)).toEqual([1024, 176])
    expect(split.client.outputText()).toBe('€'.repeat(400))
  })

  it('holds the pty back while too much is unacknowledged, and lets it go on after', async () => {
    const session = await startedSession({ settings: { chunkInterval: 0, unackedLimit: 10 * 1144 } })
    session.clock.advance(1000)
    session.process.print('x'.repeat(40 * 1024))
    expect(chunkLengths(session.client)).toHaveLength(10)
    expect(session.agent.statistics.unackedBytes).toBe(10 * 1144)
    expect(session.process.paused).toBe(true)
    for (let round = 0; round < 3; round++) session.client.acknowledgeAll()
    expect(chunkLengths(session.client)).toHaveLength(40)
    expect(session.process.paused).toBe(false)
  })

  it('stays in the pty while no client is connected', async () => {
    const session = await startedSession()
    session.clock.advance(1000)
    session.agent.setConnected(false)
    session.process.print('x'.repeat(20 * 1024))
    session.clock.advance(1000)
    expect(session.client.frames).toEqual([])
    expect(session.process.paused).toBe(true)
    session.agent.setConnected(true)
    session.clock.advance(100)
    session.client.acknowledgeAll()
    expect(session.client.outputText()).toHaveLength(20 * 1024)
    expect(session.process.paused).toBe(false)
  })

  it('is repeated until it is acknowledged, over a new connection too', async () => {
    const session = await startedSession()
    session.clock.advance(1000)
    session.process.print('$ ')
    session.agent.setConnected(false)
    session.client.frames.length = 0
    session.clock.advance(10_000)
    expect(session.client.frames).toEqual([])
    session.agent.setConnected(true)
    session.clock.advance(100)
    expect(session.client.outputText()).toBe('$ ')
    expect(session.client.streamData()[0]?.sequenceNumber).toBe(0)
    session.client.acknowledge(0)
    session.client.frames.length = 0
    session.clock.advance(10_000)
    expect(session.client.frames).toEqual([])
  })

  it('reaches the transcript as it was written', async () => {
    const session = await startedSession()
    session.process.print('one ')
    session.process.print('two')
    expect(session.transcript.join('')).toBe('one two')
  })
})

describe('the end', () => {
  it('comes when the last output is acknowledged', async () => {
    const session = await startedSession()
    session.clock.advance(1000)
    session.process.print('bye')
    session.process.end()
    expect(session.ended).toEqual([])
    session.client.acknowledgeAll()
    expect(session.ended).toEqual([''])
    expect(session.clock.pendingTimers).toBe(0)
  })

  it('waits two seconds for acknowledgements and no longer', async () => {
    const session = await startedSession()
    session.clock.advance(1000)
    session.process.print('bye')
    session.process.end()
    session.clock.advance(1999)
    expect(session.ended).toEqual([])
    session.clock.advance(1)
    expect(session.ended).toEqual([''])
    expect(session.clock.pendingTimers).toBe(0)
  })

  it('counts the two seconds from the last output that left', async () => {
    const session = await startedSession({ settings: { chunkInterval: 500 } })
    session.clock.advance(1000)
    session.process.print('x'.repeat(5 * 1024))
    session.process.end()
    session.clock.advance(2000)
    expect(chunkLengths(session.client)).toHaveLength(5)
    session.clock.advance(1999)
    expect(session.ended).toEqual([])
    session.clock.advance(1)
    expect(session.ended).toEqual([''])
  })

  it('waits for a client to come back for output that was never sent', async () => {
    const session = await startedSession()
    session.clock.advance(1000)
    session.agent.setConnected(false)
    session.process.print('late')
    session.process.end()
    session.clock.advance(60_000)
    expect(session.ended).toEqual([])
    session.agent.setConnected(true)
    expect(session.client.outputText()).toBe('late')
    session.client.acknowledgeAll()
    expect(session.ended).toEqual([''])
  })

  it('sends the unfinished character that it held back', async () => {
    const session = await startedSession()
    session.clock.advance(1000)
    session.process.print(Buffer.from('€').subarray(0, 2))
    expect(session.client.streamData()).toEqual([])
    session.process.end()
    expect(session.client.payloads(payloadType.output)).toEqual([Buffer.from('€').subarray(0, 2)])
  })

  it("carries the agent's text two seconds after a command that cannot be started", async () => {
    const session = newSession()
    session.agent.setConnected(true)
    await session.openFails(new ExecError('Unable to start command: Failed to start pty: no such file'))
    session.clock.advance(1999)
    expect(session.ended).toEqual([])
    session.clock.advance(1)
    expect(session.ended).toEqual(['Unable to start command: Failed to start pty: no such file'])
    expect(session.clock.pendingTimers).toBe(0)
  })

  it('kills a command that starts after it was closed', async () => {
    const session = newSession()
    session.agent.close()
    await session.open()
    expect(session.process.killed).toBe(true)
    expect(session.ended).toEqual([])
    expect(session.clock.pendingTimers).toBe(0)
  })
})

describe('an encrypted session', () => {
  it('shakes hands, proves the key and then starts the command', async () => {
    const { session, cipher } = await encryptedSession()
    expect(session.decryptedContexts).toEqual([
      {
        'aws:ssm:SessionId': 'ecs-execute-command-test',
        'aws:ssm:TargetId': 'ecs:cluster_task_runtime',
        'aws:ssm:RandomChallenge': requestedAction(session.client, 'KMSEncryption').Challenge,
      },
    ])
    expect(session.client.json(payloadType.handshakeComplete)).toMatchObject({
      CustomerMessage: 'This session is encrypted using AWS KMS.',
    })
    await session.open()
    session.client.send(payloadType.output, cipher.encrypt('ls\r'))
    expect(session.process.written).toEqual(['ls\r'])
    session.clock.advance(1000)
    session.process.print('secret')
    const [output] = session.client.payloads(payloadType.output)
    expect(Buffer.from(cipher.decrypt(output ?? Buffer.alloc(0))).toString()).toBe('secret')
    expect(session.transcript.join('')).toBe('secret')
  })

  it('neither takes nor acknowledges input that is not encrypted', async () => {
    const { session } = await encryptedSession()
    await session.open()
    const sequenceNumber = session.client.send(payloadType.output, 'rm -rf /')
    expect(session.process.written).toEqual([])
    expect(session.client.acknowledged()).not.toContain(sequenceNumber)
  })

  it('acknowledges and throws away what is typed before the handshake is over', async () => {
    const session = newSession({ encrypted: true })
    session.agent.setConnected(true)
    session.client.send(payloadType.size, '{"cols":132,"rows":43}')
    expect(session.client.acknowledged()).toEqual([0])
    session.answerHandshake(1)
    session.answerChallenge(session.dataKey)
    await session.open()
    expect(session.process.sizes).toEqual([])
  })

  it('leaves the challenge out of the context for a client that does not know it', () => {
    const session = newSession({ encrypted: true })
    session.agent.setConnected(true)
    session.answerHandshake(1, { acknowledgeChallenge: false })
    expect(Object.keys(session.decryptedContexts[0] ?? {})).toEqual(['aws:ssm:SessionId', 'aws:ssm:TargetId'])
  })

  it("fails with the agent's text when the data key cannot be decrypted", () => {
    const session = newSession({ encrypted: true })
    session.agent.setConnected(true)
    session.answerHandshake(1, { cipherText: 'of another key' })
    expect(session.ended[0]).toMatch(
      /^Encountered error while initiating handshake\. Fetching data key failed: Unable to retrieve data key/,
    )
    expect(session.opened()).toBe(false)
    expect(session.clock.pendingTimers).toBe(0)
  })

  it("fails with the client's own reason", () => {
    const session = newSession({ encrypted: true })
    session.agent.setConnected(true)
    session.answerHandshake(2, { error: 'no credentials' })
    expect(session.ended).toEqual([
      'Encountered error while initiating handshake. KMSEncryption failed on client with status 2 error: no credentials',
    ])
  })

  it('does not acknowledge a wrong answer to the challenge, and times out', () => {
    const session = newSession({ encrypted: true })
    session.agent.setConnected(true)
    session.answerHandshake(1)
    const sequenceNumber = session.answerChallenge(randomBytes(64))
    expect(session.client.acknowledged()).not.toContain(sequenceNumber)
    session.clock.advance(15_000)
    expect(session.ended).toEqual([
      'Encountered error while initiating handshake. Timed out waiting for encryption challenge.',
    ])
  })

  it('does not take a challenge that comes back changed, even under the right key', () => {
    const session = newSession({ encrypted: true })
    session.agent.setConnected(true)
    session.answerHandshake(1)
    const changed = new TestClientCipher(session.dataKey).encrypt(randomBytes(64))
    const Challenge = Buffer.from(changed).toString('base64')
    session.client.send(payloadType.encryptionChallengeResponse, JSON.stringify({ Challenge }))
    expect(session.client.json(payloadType.handshakeComplete)).toBeUndefined()
    expect(session.opened()).toBe(false)
  })

  it('times out after 15 seconds without an answer, counted from the first connection', () => {
    const session = newSession({ encrypted: true })
    session.clock.advance(60_000)
    session.agent.setConnected(true)
    session.agent.setConnected(false)
    session.agent.setConnected(true)
    session.clock.advance(14_999)
    expect(session.ended).toEqual([])
    session.clock.advance(1)
    expect(session.ended[0]).toMatch(/Handshake timed out\. Please ensure that you have the latest version/)
    expect(session.client.payloads(payloadType.handshakeRequest)).toHaveLength(1)
  })
})

describe('faults of the agent', () => {
  it('asks for an action that no client knows, and takes no for an answer badly', () => {
    const session = newSession({ faults: { unknownHandshakeAction: true } })
    session.agent.setConnected(true)
    expect(requestedAction(session.client, 'PortholeUnknownAction')).toEqual({})
    session.client.send(
      payloadType.handshakeResponse,
      JSON.stringify({
        ProcessedClientActions: [
          { ActionType: 'PortholeUnknownAction', ActionStatus: 3, Error: 'Unsupported' },
        ],
      }),
    )
    expect(session.ended[0]).toContain(
      'PortholeUnknownAction failed on client with status 3 error: Unsupported',
    )
  })

  it('shakes hands without encryption when told to always do so', async () => {
    const session = newSession({ settings: { handshake: 'always' } })
    session.agent.setConnected(true)
    session.client.send(
      payloadType.handshakeResponse,
      JSON.stringify({ ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 1 }] }),
    )
    expect(session.client.json(payloadType.handshakeComplete)).toMatchObject({ CustomerMessage: '' })
    await session.open()
    session.client.send(payloadType.output, 'x')
    expect(session.process.written).toEqual(['x'])
  })

  it('takes input that overtook the handshake answer once the pty is open', async () => {
    const session = newSession({ settings: { handshake: 'always' } })
    session.agent.setConnected(true)
    session.client.sendAs(1, payloadType.size, '{"cols":132,"rows":43}')
    session.client.sendAs(0, payloadType.handshakeResponse, '{"ProcessedClientActions":[]}')
    expect(session.client.acknowledged()).toEqual([1, 0])
    expect(session.process.sizes).toEqual([])
    await session.open()
    expect(session.process.sizes).toEqual([{ cols: 132, rows: 43 }])
  })

  it('forgets handshake answers and times out', () => {
    const session = newSession({ encrypted: true, faults: { ignoredHandshakeAnswers: true } })
    session.agent.setConnected(true)
    session.answerHandshake(1)
    expect(session.client.acknowledged()).toEqual([0])
    session.clock.advance(15_000)
    expect(session.ended[0]).toContain('Handshake timed out.')
  })
})

interface TestSessionOptions {
  settings?: Partial<AgentSettings>
  faults?: FaultPlan
  encrypted?: boolean
}

class TestSession {
  readonly clock = new ManualClock()
  readonly process = new FakeProcess()
  readonly dataKey = randomBytes(64)
  readonly ended: string[] = []
  readonly transcript: string[] = []
  readonly decryptedContexts: Record<string, string>[] = []
  readonly agent: AgentSession
  readonly client = new TestClient((frame) => this.agent.receive(frame))
  readonly #opening = Promise.withResolvers<FakeProcess>()
  #openCalled = false

  constructor({ settings, faults, encrypted }: TestSessionOptions) {
    this.agent = new AgentSession({
      spec: this.#spec(encrypted ?? false),
      settings: { ...realAgentSettings, ...settings },
      clock: this.clock,
      faults: () => faults ?? {},
      transmit: (frame) => this.client.hear(frame),
      output: (bytes) => this.transcript.push(Buffer.from(bytes).toString()),
      active: () => {},
      ended: (reason) => this.ended.push(reason),
    })
    this.agent.start()
  }

  opened(): boolean {
    return this.#openCalled
  }

  async open(): Promise<void> {
    this.#opening.resolve(this.process)
    await settled()
  }

  async openFails(error: Error): Promise<void> {
    this.#opening.reject(error)
    await settled()
  }

  answerHandshake(
    status: number,
    answer: { error?: string; cipherText?: string; acknowledgeChallenge?: boolean } = {},
  ): void {
    const { acknowledgeChallenge = true, cipherText = 'sealed data key', error = '' } = answer
    const ActionResult = {
      KMSCipherTextKey: Buffer.from(cipherText).toString('base64'),
      KMSCipherTextHash: null,
      ChallengeAcknowledgement: acknowledgeChallenge,
    }
    const actions = [
      { ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' },
      { ActionType: 'KMSEncryption', ActionStatus: status, ActionResult, Error: error },
    ]
    this.client.send(payloadType.handshakeResponse, JSON.stringify({ ProcessedClientActions: actions }))
  }

  answerChallenge(dataKey: Uint8Array): number {
    const sealed = String(this.client.json(payloadType.encryptionChallengeRequest)?.Challenge)
    const challenge = new TestClientCipher(this.dataKey).decrypt(Buffer.from(sealed, 'base64'))
    const answer = Buffer.from(new TestClientCipher(dataKey).encrypt(challenge)).toString('base64')
    return this.client.send(payloadType.encryptionChallengeResponse, JSON.stringify({ Challenge: answer }))
  }

  #spec(encrypted: boolean): ExecSessionSpec {
    return {
      sessionId: 'ecs-execute-command-test',
      target: 'ecs:cluster_task_runtime',
      taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/cluster/task',
      region: 'eu-west-1',
      open: () => {
        this.#openCalled = true
        return this.#opening.promise
      },
      kms: encrypted ? { keyArn: 'arn:aws:kms:key', decrypt: this.#decrypt } : undefined,
    }
  }

  #decrypt = (cipherText: Uint8Array, context: Record<string, string>): Uint8Array | undefined => {
    this.decryptedContexts.push(context)
    return Buffer.from(cipherText).toString() === 'sealed data key' ? this.dataKey : undefined
  }
}

function newSession(options: TestSessionOptions = {}): TestSession {
  return new TestSession(options)
}

async function startedSession(options: TestSessionOptions = {}): Promise<TestSession> {
  const session = newSession(options)
  session.agent.setConnected(true)
  await session.open()
  return session
}

/** An encrypted session after its handshake, its command not yet open. */
async function encryptedSession() {
  const session = newSession({ encrypted: true })
  session.agent.setConnected(true)
  session.answerHandshake(1)
  session.answerChallenge(session.dataKey)
  return { session, cipher: new TestClientCipher(session.dataKey) }
}

/** Lets promises that are resolved call back. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

function chunkLengths(client: TestClient): number[] {
  return client.payloads(payloadType.output).map((chunk) => chunk.byteLength)
}

function requestedAction(client: TestClient, type: string): Record<string, unknown> {
  const actions = client.json(payloadType.handshakeRequest)?.RequestedClientActions
  const action = Array.isArray(actions) ? actions.find(({ ActionType }) => ActionType === type) : undefined
  return action?.ActionParameters
}

import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { ExecSessionSpec } from '../exec-session.ts'
import type { AgentSettings } from './agent-settings.ts'
import { payloadType } from './frame.ts'
import { asObject, parseJsonObject } from './json.ts'
import { dataKeyLength, SessionCipher } from './session-cipher.ts'

const actionType = {
  sessionType: 'SessionType',
  encryption: 'KMSEncryption',
  /** What a client of today cannot know, for the fault of that name. */
  unknown: 'PortholeUnknownAction',
} as const

const actionSucceeded = 1
const randomChallengeLength = 16
const encryptionChallengeLength = 64
const nanosecondsPerMillisecond = 1_000_000

export interface HandshakeOptions {
  spec: Pick<ExecSessionSpec, 'sessionId' | 'target' | 'kms'>
  settings: Pick<AgentSettings, 'version' | 'handshakeWait'>
  clock: Clock
  faults: { askUnknownAction: () => boolean; ignoreAnswers: () => boolean }
  send: (payloadType: number, payload: Uint8Array) => void
  /** `cipher` when the session is encrypted from now on. */
  completed: (cipher: SessionCipher | undefined) => void
  /** `reason` in the words of the real agent. */
  failed: (reason: string) => void
}

type HandshakeStep = 'before' | 'response' | 'challenge' | 'over'

/**
 * The agent's side of the handshake: asks the client for its session type and,
 * for an encrypted session, for a data key; proves with a challenge that both
 * ends hold the same key; then says that it is complete.
 */
export class AgentHandshake implements Disposable {
  readonly #options: HandshakeOptions
  readonly #randomChallenge = randomBytes(randomChallengeLength).toString('base64')
  readonly #encryptionChallenge = randomBytes(encryptionChallengeLength)
  #step: HandshakeStep = 'before'
  #startedAt = 0
  #wait: Disposable | undefined
  #cipher: SessionCipher | undefined

  constructor(options: HandshakeOptions) {
    this.#options = options
  }

  /** Sends the request, the first time it is called. */
  begin(): void {
    if (this.#step !== 'before') return
    this.#startedAt = this.#options.clock.now()
    this.#send(payloadType.handshakeRequest, {
      AgentVersion: this.#options.settings.version,
      RequestedClientActions: this.#requestedActions(),
    })
    this.#await('response', handshakeFailure.noResponse)
  }

  /** False for a message that the agent does not acknowledge. Anything but handshake answers is thrown away. */
  take(type: number, payload: Uint8Array): boolean {
    if (this.#options.faults.ignoreAnswers()) return true
    if (type === payloadType.handshakeResponse && this.#step === 'response') {
      return this.#takeResponse(payload)
    }
    if (type === payloadType.encryptionChallengeResponse && this.#step === 'challenge') {
      return this.#takeChallengeAnswer(payload)
    }
    return true
  }

  [Symbol.dispose](): void {
    this.#step = 'over'
    this.#wait?.[Symbol.dispose]()
  }

  #requestedActions(): object[] {
    const actions: object[] = [
      {
        ActionType: actionType.sessionType,
        ActionParameters: { SessionType: 'InteractiveCommands', Properties: null },
      },
    ]
    const { kms } = this.#options.spec
    if (kms !== undefined) {
      actions.push({
        ActionType: actionType.encryption,
        ActionParameters: { KMSKeyId: kms.keyArn, Challenge: this.#randomChallenge },
      })
    }
    if (this.#options.faults.askUnknownAction()) {
      actions.push({ ActionType: actionType.unknown, ActionParameters: {} })
    }
    return actions
  }

  #takeResponse(payload: Uint8Array): boolean {
    const response = parseJsonObject(payload)
    if (response === undefined) return false
    const actions = processedActions(response)
    const failed = actions.find((action) => action.status !== actionSucceeded)
    if (failed !== undefined) this.#fail(handshakeFailure.action(failed))
    else if (this.#options.spec.kms === undefined) this.#complete('')
    else this.#startEncryption(actions.find((action) => action.type === actionType.encryption)?.result)
    return true
  }

  #startEncryption(result: Record<string, unknown> | undefined): void {
    const dataKey = this.#decryptDataKey(result)
    if (dataKey?.byteLength !== dataKeyLength) {
      this.#fail(handshakeFailure.dataKey)
      return
    }
    this.#cipher = new SessionCipher(dataKey)
    this.#send(payloadType.encryptionChallengeRequest, {
      Challenge: Buffer.from(this.#cipher.encrypt(this.#encryptionChallenge)).toString('base64'),
    })
    this.#await('challenge', handshakeFailure.noChallengeAnswer)
  }

  #decryptDataKey(result: Record<string, unknown> | undefined): Uint8Array | undefined {
    const { kms, sessionId, target } = this.#options.spec
    const cipherText = result?.KMSCipherTextKey
    if (kms === undefined || typeof cipherText !== 'string') return undefined
    const context: Record<string, string> = { 'aws:ssm:SessionId': sessionId, 'aws:ssm:TargetId': target }
    // Clients from before the challenge leave it out, and the agent accepts that by default.
    if (result?.ChallengeAcknowledgement === true) context['aws:ssm:RandomChallenge'] = this.#randomChallenge
    return kms.decrypt(Buffer.from(cipherText, 'base64'), context)
  }

  /** A wrong answer is not acknowledged and ends in the timeout, as in the real agent. */
  #takeChallengeAnswer(payload: Uint8Array): boolean {
    const sealed = parseJsonObject(payload)?.Challenge
    if (typeof sealed !== 'string') return false
    const answer = this.#cipher?.decrypt(Buffer.from(sealed, 'base64'))
    if (answer?.byteLength !== encryptionChallengeLength) return false
    if (!timingSafeEqual(answer, this.#encryptionChallenge)) return false
    this.#complete('This session is encrypted using AWS KMS.')
    return true
  }

  #complete(customerMessage: string): void {
    this[Symbol.dispose]()
    const elapsed = this.#options.clock.now() - this.#startedAt
    this.#send(payloadType.handshakeComplete, {
      HandshakeTimeToComplete: elapsed * nanosecondsPerMillisecond,
      CustomerMessage: customerMessage,
    })
    this.#options.completed(this.#cipher)
  }

  #fail(reason: string): void {
    this[Symbol.dispose]()
    this.#options.failed(`Encountered error while initiating handshake. ${reason}`)
  }

  #await(step: HandshakeStep, failure: string): void {
    this.#step = step
    this.#wait?.[Symbol.dispose]()
    this.#wait = this.#options.clock.after(this.#options.settings.handshakeWait, () => this.#fail(failure))
  }

  #send(type: number, content: object): void {
    this.#options.send(type, Buffer.from(JSON.stringify(content)))
  }
}

/** The agent's words, from its public source, because people search for them. */
const handshakeFailure = {
  noResponse:
    'Handshake timed out. Please ensure that you have the latest version of the session manager plugin.',
  noChallengeAnswer: 'Timed out waiting for encryption challenge.',
  dataKey: 'Fetching data key failed: Unable to retrieve data key, InvalidCiphertextException',
  action: (action: ProcessedAction) =>
    `${action.type} failed on client with status ${action.status} error: ${action.error}`,
}

interface ProcessedAction {
  type: string
  status: number
  result: Record<string, unknown> | undefined
  error: string
}

function processedActions(response: Record<string, unknown>): ProcessedAction[] {
  const actions = response.ProcessedClientActions
  if (!Array.isArray(actions)) return []
  return actions.map((entry) => {
    const action = asObject(entry)
    return {
      type: String(action?.ActionType ?? ''),
      status: Number(action?.ActionStatus ?? 0),
      result: asObject(action?.ActionResult),
      error: String(action?.Error ?? ''),
    }
  })
}

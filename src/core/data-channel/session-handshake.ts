import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import { type Frame, payloadType } from './frame.ts'
import {
  answerHandshake,
  type HandshakeFailure,
  readHandshakeComplete,
  readHandshakeRequest,
} from './handshake.ts'
import {
  agreeSessionKey,
  DecryptionError,
  type GenerateDataKey,
  type SessionEncryption,
} from './session-encryption.ts'

export interface SessionHandshakeOptions {
  sessionId: string
  target: string
  generateDataKey: GenerateDataKey
  send: (payloadTypeCode: number, payload: Uint8Array) => void
  /** The agent began one: until it is complete it throws input away. */
  begun: () => void
  /** @param message what the agent wants shown, often nothing */
  completed: (message: string | undefined) => void
  failed: (error: ErrorValue) => void
}

/**
 * Our side of the handshake that an agent begins for sessions with a KMS key,
 * and the encryption that comes of it. The usual session has none.
 */
export class SessionHandshake {
  readonly #options: SessionHandshakeOptions
  #state: 'none' | 'in-progress' | 'complete' | 'over' = 'none'
  #encryption: SessionEncryption | undefined

  constructor(options: SessionHandshakeOptions) {
    this.#options = options
  }

  get inProgress(): boolean {
    return this.#state === 'in-progress'
  }

  get begun(): boolean {
    return this.#state !== 'none'
  }

  get encrypted(): boolean {
    return this.#encryption !== undefined
  }

  /** Takes the agent's frame if it belongs to a handshake. */
  receive(frame: Frame): void {
    switch (frame.payloadType) {
      case payloadType.handshakeRequest:
        if (this.#state === 'none') void this.#answer(frame)
        return
      case payloadType.challengeRequest:
        this.#answerChallenge(frame)
        return
      case payloadType.handshakeComplete:
        this.#complete(frame)
        return
      default:
        return
    }
  }

  /** What was typed, as it goes into a frame. */
  seal(plainText: Uint8Array): Uint8Array {
    return this.#encryption?.encrypt(plainText) ?? plainText
  }

  /** Output as the shell wrote it, or undefined when it does not fit the key, which ends the session. */
  open(payload: Uint8Array): Uint8Array | undefined {
    if (this.#encryption === undefined) return payload
    try {
      return this.#encryption.decrypt(payload)
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
      this.#options.failed(
        handshakeFailed('Output of the container does not fit the key of the session.', error.message),
      )
      return undefined
    }
  }

  /** The session is over: an answer of KMS that comes later is of no use. */
  end(): void {
    this.#state = 'over'
  }

  async #answer(frame: Frame): Promise<void> {
    this.#state = 'in-progress'
    this.#options.begun()
    const request = readHandshakeRequest(frame)
    if (request === undefined) {
      this.#options.failed(handshakeFailed('The agent asked for something that cannot be read.'))
      return
    }
    const outcome = await answerHandshake(request, (kmsKeyId, challenge) =>
      this.#agreeKey(kmsKeyId, challenge),
    )
    if (this.#isOver()) return
    this.#options.send(payloadType.handshakeResponse, Buffer.from(JSON.stringify(outcome.response)))
    if (outcome.failure !== undefined) this.#options.failed(failureValue(outcome.failure))
  }

  async #agreeKey(kmsKeyId: string, challenge: string | undefined) {
    const { sessionId, target, generateDataKey } = this.#options
    const { encryption, agreed } = await agreeSessionKey({
      kmsKeyId,
      challenge,
      sessionId,
      target,
      generateDataKey,
    })
    this.#encryption = encryption
    return agreed
  }

  #answerChallenge(frame: Frame): void {
    try {
      const answer = this.#encryption?.answerChallenge(frame)
      if (answer !== undefined) this.#options.send(payloadType.challengeResponse, answer)
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
      this.#options.failed(handshakeFailed('The agent holds another session key.', error.message))
    }
  }

  #complete(frame: Frame): void {
    if (this.#state !== 'in-progress') return
    this.#state = 'complete'
    this.#options.completed(readHandshakeComplete(frame))
  }

  #isOver(): boolean {
    return this.#state === 'over'
  }
}

function failureValue(failure: HandshakeFailure): ErrorValue {
  if (failure.cause instanceof PortholeError) return failure.cause.value
  return handshakeFailed(
    failure.actionType === 'KMSEncryption'
      ? 'The session could not be encrypted with the KMS key of the cluster.'
      : 'The agent asked for a kind of session that Porthole does not open.',
    failure.message,
  )
}

export function handshakeFailed(message: string, detail?: string): ErrorValue {
  return {
    code: 'HANDSHAKE_FAILED',
    message,
    detail,
    action: 'Connect again. If it stays, replace the task so that it gets a current agent.',
    retryable: true,
  }
}

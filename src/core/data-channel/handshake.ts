import { z } from 'zod'
import type { Frame } from './frame.ts'
import { readJson } from './json-payload.ts'

/**
 * The newest session-manager-plugin whose behaviour we follow. The service
 * refuses clients older than 1.2.764.0, and the agent switches features by it.
 */
export const clientVersion = '1.2.896.0'

/** What the agent asks for before it starts the session. Only port sessions and sessions with a KMS key do. */
const handshakeRequestSchema = z.object({
  AgentVersion: z.string().optional(),
  RequestedClientActions: z.array(z.object({ ActionType: z.string(), ActionParameters: z.unknown() })),
})
export type HandshakeRequest = z.infer<typeof handshakeRequestSchema>

const sessionTypeParametersSchema = z.object({ SessionType: z.string() })
const kmsEncryptionParametersSchema = z.object({
  KMSKeyId: z.string().min(1),
  Challenge: z.string().optional(),
})
const handshakeCompleteSchema = z.object({ CustomerMessage: z.string().nullish() })

/** Any status but `success` makes the agent cancel the session. */
const actionStatus = { success: 1, failed: 2, unsupported: 3 } as const

/** All of these are a shell on a pty to us; `Port` is not. */
const shellSessionTypes = new Set(['Standard_Stream', 'InteractiveCommands', 'NonInteractiveCommands'])

interface ProcessedClientAction {
  ActionType: string
  ActionStatus: number
  ActionResult: unknown
  Error: string
}

/** What goes back to the agent, in the plugin's order of keys. */
export interface HandshakeResponse {
  ClientVersion: string
  ProcessedClientActions: ProcessedClientAction[]
  Errors: string[] | null
}

/** The data key of the session as KMS encrypted it, for the agent to decrypt. */
export interface AgreedKey {
  cipherTextKey: Uint8Array
  /** Whether the agent's challenge entered the encryption context. */
  challengeAcknowledged: boolean
}

export interface HandshakeOutcome {
  response: HandshakeResponse
  /** Why the session cannot start: of the first action that did not succeed. */
  failure?: HandshakeFailure
}

export interface HandshakeFailure {
  actionType: string
  message: string
  cause?: unknown
}

/** The request in a frame, or undefined when it cannot be read. */
export function readHandshakeRequest(frame: Frame): HandshakeRequest | undefined {
  return readJson(frame.payload, handshakeRequestSchema)
}

/** The text that the agent wants shown when the handshake is complete; often none. */
export function readHandshakeComplete(frame: Frame): string | undefined {
  return readJson(frame.payload, handshakeCompleteSchema)?.CustomerMessage || undefined
}

/**
 * Works through what the agent asks for. Never throws: what fails is told to the
 * agent in the answer and to the caller in `failure`.
 * @param agreeKey gets a data key for a KMS key; may throw
 */
export async function answerHandshake(
  request: HandshakeRequest,
  agreeKey: (kmsKeyId: string, challenge: string | undefined) => Promise<AgreedKey>,
): Promise<HandshakeOutcome> {
  const processed: ProcessedClientAction[] = []
  const failures: HandshakeFailure[] = []
  for (const action of request.RequestedClientActions) {
    const result = await processAction(action.ActionType, action.ActionParameters, agreeKey)
    processed.push(result.processed)
    if (result.processed.ActionStatus !== actionStatus.success) {
      failures.push({
        actionType: action.ActionType,
        message: result.processed.Error,
        cause: result.cause,
      })
    }
  }
  return {
    response: {
      ClientVersion: clientVersion,
      ProcessedClientActions: processed,
      Errors: failures.length === 0 ? null : failures.map((failure) => failure.message),
    },
    failure: failures[0],
  }
}

interface ActionOutcome {
  processed: ProcessedClientAction
  cause?: unknown
}

async function processAction(
  actionType: string,
  parameters: unknown,
  agreeKey: (kmsKeyId: string, challenge: string | undefined) => Promise<AgreedKey>,
): Promise<ActionOutcome> {
  switch (actionType) {
    case 'SessionType':
      return processSessionType(parameters)
    case 'KMSEncryption':
      return processEncryption(parameters, agreeKey)
    default:
      return rejected(actionType, actionStatus.unsupported, `Unsupported action ${actionType}`)
  }
}

function processSessionType(parameters: unknown): ActionOutcome {
  const parsed = sessionTypeParametersSchema.safeParse(parameters)
  const sessionType = parsed.success ? parsed.data.SessionType : String(undefined)
  if (shellSessionTypes.has(sessionType)) return succeeded('SessionType', null)
  return rejected('SessionType', actionStatus.failed, `Unknown session type ${sessionType}`)
}

async function processEncryption(
  parameters: unknown,
  agreeKey: (kmsKeyId: string, challenge: string | undefined) => Promise<AgreedKey>,
): Promise<ActionOutcome> {
  const parsed = kmsEncryptionParametersSchema.safeParse(parameters)
  if (!parsed.success) return rejected('KMSEncryption', actionStatus.failed, 'No KMS key was named')
  try {
    const key = await agreeKey(parsed.data.KMSKeyId, parsed.data.Challenge || undefined)
    return succeeded('KMSEncryption', {
      KMSCipherTextKey: Buffer.from(key.cipherTextKey).toString('base64'),
      KMSCipherTextHash: null,
      ChallengeAcknowledgement: key.challengeAcknowledged,
    })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    return { ...rejected('KMSEncryption', actionStatus.failed, message), cause }
  }
}

function succeeded(actionType: string, result: unknown): ActionOutcome {
  return {
    processed: {
      ActionType: actionType,
      ActionStatus: actionStatus.success,
      ActionResult: result,
      Error: '',
    },
  }
}

function rejected(actionType: string, status: number, message: string): ActionOutcome {
  return {
    processed: { ActionType: actionType, ActionStatus: status, ActionResult: null, Error: message },
  }
}

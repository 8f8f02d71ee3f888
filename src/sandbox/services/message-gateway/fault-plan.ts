import { messageType } from './frame.ts'

/**
 * What goes wrong in a session. A plan can be replaced while the session runs;
 * all of it is off in the empty plan.
 */
export interface FaultPlan {
  /** Decides over each frame on its way between gateway and client, in both directions. */
  line?: LineFaults
  /** How many WebSocket upgrades are refused with 503 before one is accepted. */
  refusedUpgrades?: number
  /** How many tokens are refused although they are right. */
  refusedTokens?: number
  /** The agent cannot start: the session ends with this text, e.g. `pluginNotFound`. */
  startFailure?: string
  /** `start_publication` with a wrong length and digest. */
  brokenStartPublication?: boolean
  /** After the token: a text message, a binary one that is too short, and an unknown message type. */
  strayMessages?: boolean
  /** Characters are cut in two at the end of a chunk. */
  splitCharacters?: boolean
  /** The handshake asks for an action that no client knows. */
  unknownHandshakeAction?: boolean
  /** Handshake answers are acknowledged and forgotten, so that the handshake times out. */
  ignoredHandshakeAnswers?: boolean
  /** The agent is cut off: every frame of the client is answered with `pause_publication`. */
  agentUnreachable?: boolean
}

/** The `startFailure` of a broken task: its /tmp is full, or the agent is for another CPU. */
export const pluginNotFound = 'Plugin with name InteractiveCommands not found. Step name: InteractiveCommands'

export type LineFaults = (frame: FrameInTransit) => LineFault | undefined

export interface FrameInTransit {
  direction: LineDirection
  /** Counts the frames of this direction from 0, repeated ones included. */
  index: number
  messageType: string
  payloadType: number
  sequenceNumber: number
}

export type LineDirection = 'to-client' | 'to-agent'

export type LineFault =
  | { kind: 'drop' }
  | { kind: 'duplicate' }
  /** The frame comes after the one that follows it. */
  | { kind: 'swap' }
  /** The frame comes so many milliseconds later; others overtake it. */
  | { kind: 'delay'; milliseconds: number }
  | { kind: 'corrupt'; what: Corruption }
  | { kind: 'kill-socket'; how: SocketDeath }

export type Corruption =
  | 'digest'
  | 'created-date'
  | 'unknown-message-type'
  /** Harmless: receivers tolerate these two. */
  | 'nul-padding'
  | 'payload-length'

/** With a close frame, or as when a cable is pulled. */
export type SocketDeath = 'clean' | 'abrupt'

/** Chances from 0 to 1, tried in this order; at most one fault hits a frame. */
export interface SeededFaults {
  seed: number
  drop?: number
  duplicate?: number
  swap?: number
  delay?: { chance: number; milliseconds: number }
  corrupt?: { chance: number; what: Corruption }
  lostAcknowledgements?: number
  /** Both directions when absent. */
  direction?: LineDirection
}

/**
 * Faults that look random but are the same in every run with the same frames.
 * Only stream data and acknowledgements are hit: the rest is never repeated, so
 * losing it would be another fault than the one asked for.
 */
export function seededFaults(faults: SeededFaults): LineFaults {
  const random = seededRandom(faults.seed)
  return (frame) => {
    if (faults.direction !== undefined && faults.direction !== frame.direction) return undefined
    if (!repeatableTypes.has(frame.messageType)) return undefined
    return drawFault(faults, frame, random)
  }
}

const repeatableTypes = new Set<string>([messageType.input, messageType.output, messageType.acknowledge])

function drawFault(faults: SeededFaults, frame: FrameInTransit, random: () => number): LineFault | undefined {
  const hit = (chance = 0) => random() < chance
  if (frame.messageType === messageType.acknowledge && hit(faults.lostAcknowledgements))
    return { kind: 'drop' }
  if (hit(faults.drop)) return { kind: 'drop' }
  if (hit(faults.duplicate)) return { kind: 'duplicate' }
  if (hit(faults.swap)) return { kind: 'swap' }
  if (faults.delay && hit(faults.delay.chance)) {
    return { kind: 'delay', milliseconds: faults.delay.milliseconds }
  }
  if (faults.corrupt && hit(faults.corrupt.chance)) return { kind: 'corrupt', what: faults.corrupt.what }
  return undefined
}

/** Numbers in [0, 1) from a linear congruential generator: Knuth's MMIX constants, upper bits. */
function seededRandom(seed: number): () => number {
  let state = BigInt.asUintN(64, BigInt(Math.trunc(seed)))
  return () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n)
    return Number(state >> 32n) / 2 ** 32
  }
}

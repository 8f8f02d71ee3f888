import { z } from 'zod'
import type { ErrorValue } from '../../contract/errors.ts'
import type { EndReason } from '../../contract/session.ts'
import { readComplaint } from './agent-complaints.ts'
import type { Frame } from './frame.ts'
import { readJson } from './json-payload.ts'

const channelClosedSchema = z.object({ Output: z.string().nullish() })

export interface SessionEnd {
  reason: EndReason
  error?: ErrorValue
}

/** The service's words for 20 minutes without input; reference: issue threads of the plugin. */
const idleTimeoutText = /timed out due to inactivity/i

/** The text of a `channel_closed` frame; empty when the shell ended by itself. */
export function readChannelClosed(frame: Frame): string {
  return readJson(frame.payload, channelClosedSchema)?.Output?.trim() ?? ''
}

/**
 * Why the service closed the channel, from its text.
 * @param wasReady whether the shell had been reached; decides between `lost` and `failed`
 */
export function sessionEndOf(text: string, wasReady: boolean): SessionEnd {
  if (idleTimeoutText.test(text)) return { reason: 'timed-out' }
  const complaint = readComplaint(text)
  if (complaint !== undefined) return { reason: 'failed', error: complaint }
  if (text === '') return wasReady ? { reason: 'exited' } : { reason: 'failed', error: endedBeforeReady() }
  if (!wasReady) return { reason: 'failed', error: { ...endedBeforeReady(), detail: text } }
  return { reason: 'lost', error: closedByService(text) }
}

function endedBeforeReady(): ErrorValue {
  return {
    code: 'HANDSHAKE_FAILED',
    message: 'The session ended before the shell started.',
    action: 'Check that the command exists in the container, then connect again.',
    retryable: true,
  }
}

function closedByService(detail: string): ErrorValue {
  return {
    code: 'CONNECTION_LOST',
    message: 'AWS closed the session.',
    detail,
    action: 'Open a new session to the container.',
    retryable: true,
  }
}

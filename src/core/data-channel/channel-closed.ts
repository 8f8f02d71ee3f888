import { z } from 'zod'
import type { ErrorValue } from '../../contract/errors.ts'
import type { EndReason } from '../../contract/session.ts'
import type { Frame } from './frame.ts'
import { readJson } from './json-payload.ts'

const channelClosedSchema = z.object({ Output: z.string().nullish() })

export interface SessionEnd {
  reason: EndReason
  error?: ErrorValue
}

/** Texts seen in the wild; reference: issue threads of the plugin and the agent's source. */
const idleTimeoutText = /timed out due to inactivity/i
const shellMissingText = /failed to start pty|no such file or directory|executable file not found/i
const agentBrokenText = /plugin with name .* not found/i

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
  if (shellMissingText.test(text)) return { reason: 'failed', error: shellMissing(text) }
  if (agentBrokenText.test(text)) return { reason: 'failed', error: agentBroken(text) }
  if (text === '') return wasReady ? { reason: 'exited' } : { reason: 'failed', error: endedBeforeReady() }
  if (!wasReady) return { reason: 'failed', error: { ...endedBeforeReady(), detail: text } }
  return { reason: 'lost', error: closedByService(text) }
}

function shellMissing(detail: string): ErrorValue {
  return {
    code: 'NO_SHELL_IN_IMAGE',
    message: 'The container has no program by the name of the command.',
    detail,
    action: 'Choose another command, for example /bin/sh. An image without a shell has none to offer.',
    retryable: false,
  }
}

function agentBroken(detail: string): ErrorValue {
  return {
    code: 'AGENT_NOT_RUNNING',
    message: 'The exec agent in the container is damaged and cannot start a shell.',
    detail,
    action: 'Replace the task. Check that /tmp is not full and that the image fits the CPU architecture.',
    retryable: false,
  }
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

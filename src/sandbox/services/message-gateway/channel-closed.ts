import { randomUUID } from 'node:crypto'
import { encodeControlFrame, messageType } from './frame.ts'

/** Why the service or the agent ended a session, word for word as a client reads it. */
export const closedOutput = {
  normal: '',
  idle: 'Your session timed out due to inactivity and has been terminated.',
} as const

/**
 * The last message of a session.
 * @param output empty for a normal end, else the text that the client shows
 */
export function encodeChannelClosed(sessionId: string, output: string, now: number): Uint8Array {
  const content = {
    MessageId: randomUUID(),
    CreatedDate: new Date(now).toISOString(),
    DestinationId: sessionId,
    SessionId: sessionId,
    MessageType: messageType.channelClosed,
    SchemaVersion: 1,
    Output: output,
  }
  return encodeControlFrame(messageType.channelClosed, Buffer.from(JSON.stringify(content)), now)
}

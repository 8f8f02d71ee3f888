import { type Frame, messageType, payloadType } from '../../../../src/core/data-channel/frame.ts'

/** A frame from the agent with everything in it that a test does not care about. */
export function agentFrame(payload: string, changes: Partial<Frame> = {}): Frame {
  return {
    messageType: messageType.output,
    createdAt: 1,
    sequence: 0,
    flags: 0,
    messageId: '5b1b582f-6774-4ced-8715-ce4e57e4e3da',
    payloadType: payloadType.output,
    payload: Buffer.from(payload),
    ...changes,
  }
}

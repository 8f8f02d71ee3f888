import { expect, test } from 'vitest'
import { readChannelClosed, sessionEndOf } from '../../../../src/core/data-channel/channel-closed.ts'
import { agentFrame } from './frames.ts'

test.each([
  ['', true, 'exited', undefined],
  ['', false, 'failed', 'HANDSHAKE_FAILED'],
  ['Your session timed out due to inactivity and has been terminated.', true, 'timed-out', undefined],
  [
    'Unable to start command: Failed to start pty: fork/exec /bin/nope: no such file or directory',
    false,
    'failed',
    'NO_SHELL_IN_IMAGE',
  ],
  ['Unable to start command: Failed to start pty: exec: "bash"', true, 'failed', 'NO_SHELL_IN_IMAGE'],
  [
    'Plugin with name InteractiveCommands not found. Step name: InteractiveCommands',
    false,
    'failed',
    'AGENT_NOT_RUNNING',
  ],
  ['The administrator ended it.', true, 'lost', 'CONNECTION_LOST'],
  ['The administrator ended it.', false, 'failed', 'HANDSHAKE_FAILED'],
])('%j, ready %j: %s %s', (text, ready, reason, code) => {
  const end = sessionEndOf(text, ready)
  expect(end.reason).toBe(reason)
  expect(end.error?.code).toBe(code)
  if (end.error !== undefined && text !== '') expect(end.error.detail).toBe(text)
})

test.each([
  ['{"MessageType":"channel_closed","SchemaVersion":1,"Output":" bye "}', 'bye'],
  ['{"MessageType":"channel_closed"}', ''],
  ['{"Output":null}', ''],
  ['not JSON', ''],
])('the text of %j is %j', (payload, text) => {
  expect(readChannelClosed(agentFrame(payload))).toBe(text)
})

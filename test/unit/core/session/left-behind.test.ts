import { expect, test } from 'vitest'
import type { AuditSession } from '../../../../src/contract/audit.ts'
import { type ErrorCode, PortholeError } from '../../../../src/contract/errors.ts'
import { createListeners } from '../../../../src/core/listeners.ts'
import { endLeftBehind } from '../../../../src/core/session/left-behind.ts'
import { createHandClock } from '../../../fixtures/hand-clock.ts'
import { sampleContainer } from '../../../fixtures/session-samples.ts'

const clock = createHandClock()
const minutesAgo = (minutes: number) => clock.now() - minutes * 60_000

function session(awsSessionId: string | undefined, endedAt: number): AuditSession {
  return {
    kind: 'session',
    sessionId: '3f0e6a52-62a5-4f7e-9d5b-0d8f6a1f7c11',
    awsSessionId,
    container: sampleContainer,
    command: '/bin/sh',
    userName: 'ada',
    startedAt: endedAt - 1000,
    endedAt,
    endReason: 'interrupted',
    live: false,
    outputBytes: 0,
    hasRecording: true,
  }
}

function run(sessions: AuditSession[], refuse: (awsSessionId: string) => ErrorCode | undefined) {
  const asked: string[] = []
  const log: string[] = []
  const moments = createListeners<void>()
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const watching = endLeftBehind({
    leftBehind: async () => sessions,
    async terminateSession(scope, awsSessionId) {
      expect(scope).toBe(sampleContainer.scope)
      asked.push(awsSessionId)
      const code = refuse(awsSessionId)
      if (code !== undefined) throw new PortholeError({ code, message: `No: ${code}.` })
    },
    onBetterMoment: moments.add,
    clock,
    log: (line) => log.push(line),
  })
  return { asked, log, moments, settled, watching }
}

test('ends what the crash left, but nothing that AWS has ended itself and nothing it never granted', async () => {
  const { asked, log, settled } = run(
    [session('recent', minutesAgo(5)), session('old', minutesAgo(61)), session(undefined, minutesAgo(1))],
    () => undefined,
  )
  await settled()
  expect(asked).toEqual(['recent'])
  expect(log).toEqual(['recent was left running by a crash and has been terminated.'])
})

test('waits for a sign-in, and does not ask again about what is settled', async () => {
  let signedIn = false
  const { asked, moments, settled, watching } = run(
    [session('one', minutesAgo(1)), session('denied', minutesAgo(1))],
    (id) => (signedIn ? undefined : id === 'denied' ? 'ACCESS_DENIED' : 'SSO_NOT_SIGNED_IN'),
  )
  await settled()
  expect(asked).toEqual(['one', 'denied'])
  signedIn = true
  moments.emit()
  await settled()
  moments.emit()
  await settled()
  expect(asked).toEqual(['one', 'denied', 'one'])
  watching[Symbol.dispose]()
  expect(moments.size).toBe(0)
})

test('a history that cannot be read is said once', async () => {
  const log: string[] = []
  endLeftBehind({
    leftBehind: () => Promise.reject(new PortholeError({ code: 'AUDIT_UNAVAILABLE', message: 'No ledger.' })),
    terminateSession: async () => {},
    onBetterMoment: () => ({ [Symbol.dispose]() {} }),
    clock,
    log: (line) => log.push(line),
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(log).toEqual(['Sessions of a crash were not looked for: No ledger.'])
})

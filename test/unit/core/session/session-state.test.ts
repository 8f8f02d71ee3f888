import { describe, expect, test } from 'vitest'
import type { Session } from '../../../../src/contract/session.ts'
import { changeSession, type SessionChange } from '../../../../src/core/session/session-state.ts'
import { sampleContainer } from '../../../fixtures/session-samples.ts'

const connecting: Session = {
  id: '3f0e6a52-62a5-4f7e-9d5b-0d8f6a1f7c11',
  stream: 1,
  container: sampleContainer,
  command: '/bin/sh',
  state: 'connecting',
  kmsEncrypted: false,
  keepAlive: false,
  recording: false,
  startedAt: 1000,
}
const error = { code: 'CONNECTION_LOST', message: 'Lost.', retryable: true } as const
const granted: SessionChange = { type: 'granted', awsSessionId: 'ecs-1', engine: 'plugin' }
const ready: SessionChange = { type: 'ready', at: 2000, recording: true }
const ended: SessionChange = { type: 'ended', at: 9000, reason: 'lost', error }

const sessionAfter = (...changes: SessionChange[]) => changes.reduce(changeSession, connecting)

describe('changeSession', () => {
  test('from connecting to ready', () => {
    expect(sessionAfter({ type: 'identified', userName: 'ada' }, granted, ready)).toMatchObject({
      state: 'ready',
      userName: 'ada',
      awsSessionId: 'ecs-1',
      engine: 'plugin',
      readyAt: 2000,
      lastInputAt: 2000,
      recording: true,
    })
  })

  test('what was typed ahead counts as input, and later input moves on', () => {
    expect(sessionAfter({ type: 'input', at: 1500 }, ready).lastInputAt).toBe(1500)
    expect(sessionAfter(ready, { type: 'input', at: 3000 }).lastInputAt).toBe(3000)
  })

  test('there and back over a broken connection', () => {
    const broken = sessionAfter(ready, { type: 'reconnecting', error, retryAt: 5000 })
    expect(broken).toMatchObject({ state: 'reconnecting', error, retryAt: 5000 })
    const back = changeSession(broken, { type: 'reconnected' })
    expect(back.state).toBe('ready')
    expect(back.error).toBeUndefined()
    expect(back.retryAt).toBeUndefined()
  })

  test('degraded, recovered, and lost after all', () => {
    const degraded = sessionAfter(ready, { type: 'degraded', error })
    expect(degraded).toMatchObject({ state: 'degraded', error })
    expect(changeSession(degraded, { type: 'recovered' })).toMatchObject({ state: 'ready', error: undefined })
    const lost = changeSession(degraded, { type: 'reconnecting', error, retryAt: 5000 })
    expect(lost.state).toBe('reconnecting')
    expect(changeSession(lost, { type: 'recovered' })).toBe(lost)
  })

  test('an agent that is still starting shows until AWS grants the session', () => {
    const waiting = sessionAfter({ type: 'waiting', error, retryAt: 5000 })
    expect(waiting).toMatchObject({ state: 'connecting', error, retryAt: 5000 })
    expect(changeSession(waiting, granted)).toMatchObject({ error: undefined, retryAt: undefined })
  })

  test('keep-alive ends with the session', () => {
    const kept = sessionAfter(ready, { type: 'keep-alive', on: true })
    expect(kept.keepAlive).toBe(true)
    expect(changeSession(kept, ended).keepAlive).toBe(false)
  })

  test('a recording problem leaves the session as it is', () => {
    expect(sessionAfter(ready, { type: 'recording-problem', error })).toMatchObject({
      state: 'ready',
      recording: false,
      recordingProblem: error,
    })
  })

  test('of several recording problems the first one counts', () => {
    const cause = { code: 'STORAGE_UNWRITABLE', message: 'No such folder.', retryable: true } as const
    const unrecorded = sessionAfter({ type: 'ready', at: 2000, recording: false, recordingProblem: cause })
    expect(changeSession(unrecorded, { type: 'recording-problem', error }).recordingProblem).toEqual(cause)
  })

  test('the end says when and why', () => {
    expect(sessionAfter(ready, ended)).toMatchObject({
      state: 'ended',
      endedAt: 9000,
      endReason: 'lost',
      error,
    })
  })

  test.each<[string, SessionChange[], SessionChange]>([
    ['anything after the end', [ready, ended], { type: 'ended', at: 9999, reason: 'exited' }],
    ['ready after the end', [ended], ready],
    ['ready twice', [ready], { type: 'ready', at: 2500, recording: false }],
    ['a reconnect before it was ready', [], { type: 'reconnecting', error, retryAt: 5000 }],
    ['back without having been away', [ready], { type: 'reconnected' }],
    ['input after the end', [ready, ended], { type: 'input', at: 9999 }],
    ['a grant after the end', [ended], granted],
  ])('ignores %s', (_, before, change) => {
    const session = sessionAfter(...before)
    expect(changeSession(session, change)).toBe(session)
  })
})

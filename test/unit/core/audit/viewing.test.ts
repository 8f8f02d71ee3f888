import { describe, expect, it } from 'vitest'
import type { ActivityFacts, AuditSession } from '../../../../src/contract/audit.ts'
import type { Caller } from '../../../../src/contract/identity.ts'
import { Viewing, type ViewingDependencies } from '../../../../src/core/audit/viewing.ts'
import { createHandClock } from '../../../fixtures/hand-clock.ts'
import { containerRef, noon, taskArn } from './audit-fixtures.ts'

const sessionId = '0197a0d2-6f3c-4c0e-8a54-3b1d2e4f5a6b'
const ada: Caller = {
  arn: 'arn:aws:sts::111122223333:assumed-role/Developer/ada',
  accountId: '111122223333',
  userName: 'ada',
}

function createViewing(changes: Partial<ViewingDependencies> & { live?: boolean } = {}) {
  const noted: ActivityFacts[] = []
  const logged: string[] = []
  const clock = createHandClock(noon)
  const session = {
    kind: 'session',
    sessionId,
    container: containerRef(),
    command: '/bin/sh',
    userName: 'grace',
    startedAt: noon,
    live: false,
    outputBytes: 1,
    hasRecording: true,
  } satisfies AuditSession
  const viewing = new Viewing({
    audit: {
      session: async () => session,
      note: async (facts) => void noted.push(facts),
    },
    caller: async () => ada,
    localUser: 'local',
    clock,
    log: (message) => logged.push(message),
    ...changes,
  })
  return { viewing, noted, logged, clock, session }
}

describe('viewing', () => {
  it('is noted once, with who looked and whose session it was', async () => {
    const { viewing, noted } = createViewing()
    await Promise.all([viewing.recording(sessionId), viewing.recording(sessionId)])
    await viewing.recording(sessionId)
    expect(noted).toEqual([
      {
        activity: 'recording.viewed',
        at: noon,
        userName: 'ada',
        principal: ada.arn,
        sessionId,
        taskArn,
        detail: { sessionOf: 'grace' },
      },
    ])
  })

  it("of a transcript is noted once too, with whose session of AWS's it was", async () => {
    const { viewing, noted } = createViewing()
    const { scope } = containerRef()
    const of = { awsSessionId: 'ecs-execute-command-1', userName: 'raj' }
    await Promise.all([viewing.transcript(scope, taskArn, of), viewing.transcript(scope, taskArn, of)])
    expect(noted).toEqual([
      {
        activity: 'transcript.viewed',
        at: noon,
        userName: 'ada',
        principal: ada.arn,
        taskArn,
        detail: { sessionOf: 'raj', awsSessionId: 'ecs-execute-command-1' },
      },
    ])
  })

  it('of holds names the person as AWS does, of a whole task too', async () => {
    const { viewing, noted } = createViewing()
    await viewing.held({ sessionId }, true)
    await viewing.held({ taskArn, scope: containerRef().scope }, true)
    await viewing.held({ taskArn }, false)
    const ofAda = { at: noon, userName: 'ada', principal: ada.arn, taskArn }
    expect(noted).toEqual([
      { ...ofAda, activity: 'hold.set', sessionId, detail: { sessionOf: 'grace' } },
      { ...ofAda, activity: 'hold.set' },
      { activity: 'hold.released', at: noon, userName: 'local', taskArn },
    ])
  })

  it('counts anew after somebody signed in', async () => {
    const { viewing, noted } = createViewing()
    await viewing.recording(sessionId)
    viewing.forget()
    await viewing.recording(sessionId)
    expect(noted).toHaveLength(2)
  })

  it('leaves out a session that lives, until it is over', async () => {
    const { viewing, noted, session } = createViewing()
    Object.assign(session, { live: true })
    await viewing.recording(sessionId)
    expect(noted).toEqual([])
    Object.assign(session, { live: false })
    await viewing.recording(sessionId)
    expect(noted).toHaveLength(1)
  })

  it('names the user of this computer when AWS does not answer in time or at all', async () => {
    const silent = createViewing({ caller: () => new Promise(() => {}) })
    const looked = silent.viewing.recording(sessionId)
    while (silent.noted.length === 0) {
      await new Promise(setImmediate)
      silent.clock.advance(2000)
    }
    await looked
    const refused = createViewing({ caller: () => Promise.reject(new Error('no credentials')) })
    await refused.viewing.recording(sessionId)
    for (const { noted } of [silent, refused]) {
      expect(noted[0]).toMatchObject({ userName: 'local' })
      expect(noted[0]).not.toHaveProperty('principal')
    }
  })

  it('says so, shows it all the same, and tries again when the history cannot be written', async () => {
    let full = true
    const noted: ActivityFacts[] = []
    const session = createViewing().session
    const { viewing, logged } = createViewing({
      audit: {
        session: async () => session,
        note: async (facts) => {
          if (full) throw new Error('disk full')
          noted.push(facts)
        },
      },
    })
    await viewing.recording(sessionId)
    expect(logged.join()).toContain('disk full')
    full = false
    await viewing.recording(sessionId)
    expect(noted).toHaveLength(1)
  })
})

import { describe, expect, it } from 'vitest'
import type { AuditSession } from '../../../../src/contract/audit.ts'
import type { CommandEntry, RecordedCommand } from '../../../../src/contract/command-marker.ts'
import { ticksOf } from '../../../../src/renderer/features/logs/axis.ts'
import { SessionCommands, sessionsWithin } from '../../../../src/renderer/features/logs/session-commands.ts'
import { type ShellMark, shellMarks } from '../../../../src/renderer/features/logs/shell-marks.ts'

const session = (id: string, change: Partial<AuditSession> = {}): AuditSession => ({
  kind: 'session',
  sessionId: id,
  container: {
    scope: { identityId: 'i', accountId: '111122223333', roleName: 'r', region: 'eu-west-1' },
    clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/web',
    clusterName: 'web',
    taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/web/1',
    taskId: '1',
    containerName: 'nginx',
    environment: 'production',
  },
  command: '/bin/sh',
  userName: 'ana',
  startedAt: 1000,
  endedAt: 2000,
  live: false,
  outputBytes: 10,
  hasRecording: true,
  ...change,
})

const command = (
  text: string,
  startedAt: number,
  change: Partial<RecordedCommand> = {},
): RecordedCommand => ({
  kind: 'command',
  startedAt,
  endedAt: startedAt + 5,
  text,
  redactions: 0,
  exitCode: 0,
  source: 'marks',
  confidence: 'exact',
  ...change,
})

/** Answers when told to, and keeps what was asked. */
class AskedCore {
  readonly asked: string[] = []
  #answer: ((commands: CommandEntry[] | undefined) => void) | undefined

  readonly ask = (sessionId: string) => {
    this.asked.push(sessionId)
    return new Promise<CommandEntry[] | undefined>((resolve) => {
      this.#answer = resolve
    })
  }

  async answer(commands: CommandEntry[] | undefined): Promise<void> {
    this.#answer?.(commands)
    // The reader goes on in the tasks that follow its answer.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('which sessions are read', () => {
  it('are those within the time that is on the page, newest first', () => {
    const sessions = [
      session('before', { startedAt: 0, endedAt: 99 }),
      session('into', { startedAt: 50, endedAt: 100 }),
      session('live', { startedAt: 60, endedAt: undefined, live: true }),
      session('after', { startedAt: 200 }),
      session('unrecorded', { startedAt: 150, hasRecording: false }),
    ]
    expect(sessionsWithin(sessions, { from: 100, to: 200 }).map(({ sessionId }) => sessionId)).toEqual([
      'live',
      'into',
    ])
  })

  it('are not more than an axis can show', () => {
    const many = Array.from({ length: 200 }, (_, at) => session(`s${at}`, { startedAt: at, endedAt: at + 1 }))
    const read = sessionsWithin(many, { from: 0 })
    expect(read).toHaveLength(40)
    expect(read[0]?.sessionId).toBe('s199')
  })
})

describe('reading commands', () => {
  it('asks for one session at a time, and for each only once', async () => {
    const core = new AskedCore()
    const reader = new SessionCommands(core.ask, () => 0)
    const wanted = [session('one'), session('two')]
    reader.want(wanted)
    reader.want(wanted)
    expect(core.asked).toEqual(['one'])
    await core.answer([command('ls', 5)])
    expect(core.asked).toEqual(['one', 'two'])
    await core.answer(undefined)
    reader.want(wanted)
    expect(core.asked).toEqual(['one', 'two'])
    expect([...reader.read().keys()]).toEqual(['one'])
  })

  it('reads a session again when it went on, and a long one not too often', async () => {
    let now = 0
    const core = new AskedCore()
    const reader = new SessionCommands(core.ask, () => now)
    const live = (outputBytes: number) => session('one', { live: true, endedAt: undefined, outputBytes })
    reader.want([live(10)])
    now = 100
    await core.answer([])
    reader.want([live(20)])
    now = 1000
    reader.want([live(20)])
    expect(core.asked).toHaveLength(1)
    now = 2200
    reader.want([live(20)])
    expect(core.asked).toHaveLength(2)
    now = 2300
    await core.answer([command('ls', 5)])
    // Its end is read at once.
    reader.want([session('one', { outputBytes: 20 })])
    expect(core.asked).toHaveLength(3)
  })
})

describe('commands as marks', () => {
  it('stand between the beginning and the end of their session, and lead to the replay', () => {
    const one = session('one')
    const commands = new Map([
      [
        'one',
        [
          command('nginx -t', 10),
          { kind: 'secret-prompt', startedAt: 20 },
          command('nginx -s relod', 30, { exitCode: 1 }),
          command('top', 40, {
            exitCode: undefined,
            endedAt: undefined,
            source: 'echo',
            confidence: 'likely',
          }),
          command('less', 50, { exitCode: undefined, endedAt: undefined }),
        ] satisfies CommandEntry[],
      ],
    ])
    const marks = shellMarks([one], commands)
    expect(marks.map(({ text, at, outcome }) => [at, text, outcome])).toEqual([
      [1000, 'Shell opened', undefined],
      [1010, 'nginx -t', 'exit 0'],
      [1030, 'nginx -s relod', 'exit 1'],
      [1040, 'top', ''],
      [1050, 'less', 'runs'],
      [2000, 'Shell ended', undefined],
    ])
    expect(marks[2]).toMatchObject({ failed: true, likely: false, replay: { session: one, at: 30 } })
    expect(marks[3]).toMatchObject({ failed: false, likely: true })
  })

  it('lead nowhere without a recording', () => {
    expect(shellMarks([session('one', { hasRecording: false })])[0]?.replay).toBeUndefined()
  })

  it('that stand in one place are one tick, and a failed one is seen', () => {
    const mark = (at: number, failed = false): ShellMark => ({
      key: String(at),
      at,
      kind: 'command',
      userName: 'ana',
      text: 'ls',
      failed,
    })
    const many = Array.from({ length: 10_000 }, (_, at) => mark(at, at === 5013))
    const ticks = ticksOf(many, 0, 10_000)
    expect(ticks).toHaveLength(400)
    expect(ticks.filter(({ failed }) => failed)).toHaveLength(1)
  })
})

import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AuditEntry, type HistoryLine, historyEntriesAtOnce } from '../../../../../src/contract/audit.ts'
import { AuditKeeper } from '../../../../../src/core/audit/audit-keeper.ts'
import { FileRecordingStore } from '../../../../../src/core/audit/recording/file-recording-store.ts'
import { systemClock } from '../../../../../src/core/clock.ts'
import {
  containerRef,
  noon,
  recordingStart,
  sessionFacts,
  taskArn,
  temporaryFolder,
} from '../audit-fixtures.ts'

const openIn = (path: string) =>
  AuditKeeper.open({
    folder: path,
    clock: systemClock,
    onChanged() {},
    store: new FileRecordingStore(join(path, 'recordings')),
  })

const listener = { accepted() {}, written() {}, failed() {} }
const error = { code: 'ACCESS_DENIED', message: 'No.', retryable: false } as const
const replacement = { taskArn, clusterArn: 'cluster', principal: 'p', userName: 'raj' }

/** Something that may be done next, at a moment of its own; `pick` chooses among the sessions so far. */
type Step = {
  act: 'open' | 'record' | 'end' | 'refuse' | 'replace' | 'look' | 'elsewhere'
  at: number
  pick: number
}

const steps = fc.array(
  fc.record({
    act: fc.constantFrom<Step['act']>(
      'open',
      'open',
      'record',
      'end',
      'refuse',
      'replace',
      'look',
      'elsewhere',
    ),
    at: fc.integer({ min: noon, max: noon + 50 }),
    pick: fc.nat(),
  }),
  { maxLength: 14 },
)

async function take(keeper: AuditKeeper, sessions: string[], { act, at, pick }: Step): Promise<void> {
  const sessionId = sessions[pick % Math.max(1, sessions.length)]
  switch (act) {
    case 'open': {
      const facts = sessionFacts({ at })
      sessions.push(facts.sessionId)
      return keeper.sessionOpened(facts)
    }
    case 'elsewhere':
      return keeper.sessionOpened(sessionFacts({ at, container: containerRef({ taskArn: `${taskArn}-2` }) }))
    case 'refuse':
      return keeper.shellRefused({ ...sessionFacts({ at }), error })
    case 'replace':
      return keeper.taskReplaced({ ...replacement, at })
    case 'look':
      return keeper.note({ activity: 'recording.viewed', at, userName: 'grace', taskArn })
    case 'end':
      if (sessionId !== undefined) keeper.sessionEnded(sessionId, { at, reason: 'exited' })
      return
    case 'record': {
      if (sessionId === undefined || keeper.session(sessionId).hasRecording) return
      const recorder = keeper.recordings.start(recordingStart({ sessionId }), listener)
      recorder.output(1, new TextEncoder().encode('a line'))
      return keeper.recordings.close(recorder, 2, 'session')
    }
  }
}

function lineOf(entry: AuditEntry): object {
  const { kind, userName } = entry
  if (entry.kind === 'session')
    return {
      kind,
      at: entry.startedAt,
      userName,
      sessionId: entry.sessionId,
      containerName: entry.container.containerName,
      ...(entry.endedAt !== undefined && { endedAt: entry.endedAt }),
      hasRecording: entry.hasRecording,
    }
  const { at } = entry
  if (entry.kind === 'activity') return { kind, at, userName, activity: entry.activity }
  if (entry.kind === 'task-replaced') return { kind, at, userName }
  return { kind, at, userName, sessionId: entry.sessionId, containerName: entry.container.containerName }
}

const withoutSeq = ({ seq: _, ...line }: HistoryLine) => line

describe('the history of a task', () => {
  test('has a line for each entry, and what is new since any place makes it whole again', async () => {
    using folder = temporaryFolder()
    let run = 0
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (all, choice) => {
        run += 1
        await using keeper = await openIn(join(folder.path, String(run)))
        const sessions: string[] = []
        const followed = [keeper.history({ taskArn })]
        for (const step of all) {
          await take(keeper, sessions, step)
          followed.push(keeper.history({ taskArn }))
        }
        const now = keeper.history({ taskArn })
        expect(now.isWhole).toBe(true)
        expect(now.lines.map(withoutSeq)).toEqual(keeper.entries(taskArn).map(lineOf))
        expect(now.newest.map(({ entry }) => entry)).toEqual(
          keeper.entries(taskArn).slice(0, historyEntriesAtOnce),
        )
        const seqs = now.lines.map(({ seq }) => seq)
        expect(now.newest.map(({ seq }) => seq)).toEqual(seqs.slice(0, historyEntriesAtOnce))
        expect(keeper.historyEntries({ taskArn, seqs }).toSorted((a, b) => b.seq - a.seq)).toEqual(
          now.newest.toSorted((a, b) => b.seq - a.seq),
        )

        const before = followed[choice % followed.length] ?? now
        const news = keeper.history({ taskArn, since: before.place })
        const bySeq = new Map([...before.lines, ...news.lines].map((line) => [line.seq, line]))
        expect(news.isWhole).toBe(false)
        expect(new Set(bySeq.values())).toEqual(new Set(now.lines))
        expect(keeper.history({ taskArn, since: now.place }).lines).toEqual([])
      }),
      { numRuns: 12 },
    )
  })

  test.each(['', 'x', '1', '999 ff', '1 00', '-1 ff', '1e3 ff'])(
    'is told whole from %o, a place it never was at',
    async (since) => {
      using folder = temporaryFolder()
      await using keeper = await openIn(folder.path)
      keeper.sessionOpened(sessionFacts())
      expect(keeper.history({ taskArn, since })).toMatchObject({
        isWhole: true,
        lines: [{ kind: 'session' }],
      })
    },
  )

  test('gives away no entry of another task', async () => {
    using folder = temporaryFolder()
    await using keeper = await openIn(folder.path)
    keeper.sessionOpened(sessionFacts())
    const seqs = keeper.history({ taskArn }).lines.map(({ seq }) => seq)
    expect(keeper.historyEntries({ taskArn, seqs })).toHaveLength(1)
    expect(keeper.historyEntries({ taskArn: 'arn:of:another', seqs })).toEqual([])
  })
})

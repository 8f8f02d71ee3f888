import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { createMessagePortChannel } from '../../src/channel/message-port-channel.ts'
import { commandMarkerLabel } from '../../src/contract/command-marker.ts'
import type { ContainerRef } from '../../src/contract/session.ts'
import {
  type AuditClient,
  createAuditService,
  createRecorderFactory,
} from '../../src/core/audit/audit-client.ts'
import type { RecordingStart, SessionRecorder } from '../../src/core/audit/audit-service.ts'
import { type AuditWorker, startAuditWorker } from '../../src/core/audit/start-audit-worker.ts'

const people = ['ana', 'raj', 'lena', 'tom', 'mei']
/** So that nobody is at every tenth session alone. */
const visitsInARow = 7
const commands = ['nginx -t', 'tail -20 /var/log/app.log', 'ls -l /etc/nginx/conf.d', 'env | sort', 'ps aux']
const commandsPerSession = 10
const fewLines = 4
const commandMilliseconds = 10
/** Before each command of a usual session; a long one takes no more time in all. */
const thinkingMilliseconds = 20_000
const minute = 60_000
/** Between the beginnings of two sessions, so that years of a team's work lie behind the page. */
const sessionEvery = 20 * minute
/** Written at once; more only wait for the same disk. */
const sessionsAtOnce = 25

export interface SeededHistory {
  /** Of the app: the audit's own folders are in it. */
  dataFolder: string
  sessions: number
  /** Where the n-th of them was, the oldest first. */
  containerOf: (index: number) => ContainerRef
  /** How many commands it had; ten where nothing is said. */
  commandsOf?: (index: number) => number | undefined
  /** What each command printed; a few without it. */
  linesPerCommand?: number
}

/** How long a session of so many commands is, in whole seconds. */
export function manyCommandsSeconds(count: number): number {
  return Math.floor((thinkingMilliseconds * commandsPerSession + commandMilliseconds * count) / 1000)
}

/** The audit worker of an app's data folder. */
export function startHistory(dataFolder: string): AuditWorker {
  return startAuditWorker({
    folder: path.join(dataFolder, 'audit'),
    keyFolder: path.join(dataFolder, 'audit-keys'),
    workerUrl: new URL('../../src/core/audit/audit-worker.ts', import.meta.url),
  })
}

/** Writes sessions with their recordings through the audit worker, as the app does, and reads them into the search index. */
export async function seedHistory(history: SeededHistory): Promise<void> {
  await using worker = startHistory(history.dataFolder)
  await using audit = createAuditService({ channel: worker.channel })
  let moment = 0
  const recorders = createRecorderFactory({
    channel: createMessagePortChannel(worker.openPort()),
    now: () => moment,
  })
  const newest = Date.now() - sessionEvery
  for (let first = 0; first < history.sessions; first += sessionsAtOnce) {
    const count = Math.min(sessionsAtOnce, history.sessions - first)
    const starts = Array.from({ length: count }, (_, position) => {
      const index = first + position
      const startedAt = newest - (history.sessions - index) * sessionEvery
      return startOf(history.containerOf(index), startedAt)
    })
    await Promise.all(
      starts.map((start, position) => {
        moment = start.startedAt
        const recorder = recorders.start(start)
        recordCommands(
          recorder,
          {
            many: history.commandsOf?.(first + position) ?? commandsPerSession,
            lines: history.linesPerCommand ?? fewLines,
          },
          (milliseconds) => {
            moment += milliseconds
          },
        )
        const userName = people[Math.floor((first + position) / visitsInARow) % people.length] ?? 'ana'
        return settle(audit, { start, userName, recorder, endedAt: moment })
      }),
    )
  }
  while ((await audit.search({ query: 'nginx', filters: {} })).waiting > 0);
}

async function settle(
  audit: AuditClient,
  session: { start: RecordingStart; userName: string; recorder: SessionRecorder; endedAt: number },
): Promise<void> {
  const { start, userName, recorder, endedAt } = session
  // Asked for before anything is waited for: it has the moment of now.
  const closed = recorder.close()
  const awsSessionId = `ecs-execute-command-${start.sessionId}`
  await audit.sessionOpened({ ...start, awsSessionId, engine: 'built-in', userName, at: start.startedAt })
  await closed
  await audit.sessionEnded(start.sessionId, { at: endedAt, reason: 'exited' })
}

function recordCommands(
  recorder: SessionRecorder,
  { many, lines }: { many: number; lines: number },
  pass: (milliseconds: number) => void,
): void {
  const text = new TextEncoder()
  const thinking = (commandsPerSession / many) * thinkingMilliseconds
  for (let count = 0; count < many; count += 1) {
    const command = commands[count % commands.length] ?? ''
    pass(thinking)
    recorder.marker(commandMarkerLabel({ kind: 'begin', source: 'marks', text: command }))
    recorder.output(text.encode(`root@web:/# ${command}\r\n${'a line of output\r\n'.repeat(lines)}`))
    pass(commandMilliseconds)
    recorder.marker(
      commandMarkerLabel({ kind: 'end', exitCode: count === 3 ? 1 : 0, milliseconds: commandMilliseconds }),
    )
  }
}

function startOf(container: ContainerRef, startedAt: number): RecordingStart {
  return {
    sessionId: randomUUID(),
    size: { cols: 120, rows: 40 },
    startedAt,
    command: '/bin/sh',
    title: 'bench',
    container,
  }
}

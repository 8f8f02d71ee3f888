import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContainerRef } from '../../../../src/contract/session.ts'
import type { RecordingStart, SessionFacts } from '../../../../src/core/audit/audit-service.ts'
import type { AuditEvent } from '../../../../src/core/audit/ledger/audit-events.ts'

export const taskArn = 'arn:aws:ecs:eu-central-1:111122223333:task/web/0f9d1c2b3a4e5f60718293a4b5c6d7e8'

/** Noon of a day, so that dates in failures are easy to read. */
export const noon = Date.UTC(2026, 10, 20, 12)

export function containerRef(changes: Partial<ContainerRef> = {}): ContainerRef {
  return {
    scope: {
      identityId: 'sso:example',
      accountId: '111122223333',
      roleName: 'Developer',
      region: 'eu-central-1',
    },
    environment: 'staging',
    clusterArn: 'arn:aws:ecs:eu-central-1:111122223333:cluster/web',
    clusterName: 'web',
    serviceName: 'shop',
    taskArn,
    taskId: '0f9d1c2b3a4e5f60718293a4b5c6d7e8',
    containerName: 'nginx',
    ...changes,
  }
}

export function sessionFacts(changes: Partial<SessionFacts> = {}): SessionFacts {
  return {
    sessionId: randomUUID(),
    container: containerRef(),
    command: '/bin/sh',
    engine: 'built-in',
    principal: 'arn:aws:sts::111122223333:assumed-role/Developer/ada',
    userName: 'ada',
    at: noon,
    ...changes,
  }
}

export function recordingStart(changes: Partial<RecordingStart> = {}): RecordingStart {
  return {
    sessionId: randomUUID(),
    size: { cols: 80, rows: 24 },
    startedAt: noon,
    command: '/bin/sh',
    title: 'nginx in web',
    container: containerRef(),
    ...changes,
  }
}

export function startEvent(changes: Partial<SessionFacts> = {}): AuditEvent {
  const facts = sessionFacts(changes)
  return { type: 'session.start', taskArn: facts.container.taskArn, ...facts }
}

/** A folder of its own, gone with everything in it and the keys beside it when disposed. */
export function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'porthole-audit-'))
  return {
    path,
    [Symbol.dispose]() {
      for (const suffix of ['', '-keys']) rmSync(path + suffix, { recursive: true, force: true })
    },
  }
}

/** Everything a page follows: all text of a recording. */
export async function readWhole(
  page: (offset: number) => Promise<{ text: string; nextOffset?: number }>,
): Promise<string> {
  let text = ''
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const next: { text: string; nextOffset?: number } = await page(offset)
    text += next.text
    offset = next.nextOffset
  }
  return text
}

/** The output that a replay of a recording shows. */
export function replayOutput(recording: string): string {
  return recording
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as [number, string, string])
    .filter(([, code]) => code === 'o')
    .map(([, , data]) => data)
    .join('')
}

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ContainerRef } from '../../src/contract/session.ts'
import { type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { peakResidentBytes } from './processes.ts'
import { seedHistory } from './seeded-history.ts'

const fullSessions = 4_000
/** About 20 KB of a session, as of an hour of somebody's work. */
const linesPerCommand = 120
const otherTasks = 500
/** Node alone has a third of it; what is kept for every session would have gone past it. */
const budgetMegabytes = 450
const lookMilliseconds = 50

const porthole = path.resolve(import.meta.dirname, '../../src/cli/porthole.ts')

/** The memory and the time of exporting and checking a long history, each in a process of its own. */
export const measureExport: Benchmark = async (context) => {
  const sessions = scaled(context, fullSessions, 100)
  const folder = await mkdtemp(path.join(tmpdir(), 'porthole-export-bench-'))
  try {
    const dataFolder = path.join(folder, 'data')
    await seedHistory({ dataFolder, sessions, linesPerCommand, containerOf })
    const inFolder = ['--data-folder', dataFolder]
    const archive = path.join(folder, 'history.zip')
    const target = path.join(folder, 'history')
    const runs: [string, string[]][] = [
      ['export as an archive', [porthole, 'audit', 'export', ...inFolder, archive]],
      ['export as a folder', [porthole, 'audit', 'export', ...inFolder, target]],
      ['check of the record', [porthole, 'audit', 'verify', ...inFolder]],
      ['standalone check of the archive', [path.join(target, 'verify.mjs'), archive]],
    ]
    const results: BenchResult[] = []
    for (const [name, args] of runs)
      results.push(...figures(`${name}, ${sessions} sessions`, await measure(args)))
    return results
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Run {
  seconds: number
  peakBytes: number
}

function figures(name: string, { seconds, peakBytes }: Run): BenchResult[] {
  return [
    { name, value: seconds, unit: 's' },
    {
      name: `${name}: most memory`,
      value: Math.round(peakBytes / 1024 / 1024),
      unit: 'MB',
      budget: { atMost: budgetMegabytes },
    },
  ]
}

async function measure(args: string[]): Promise<Run> {
  const started = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  let peakBytes = 0
  const looks = setInterval(() => {
    if (child.pid !== undefined) peakBytes = Math.max(peakBytes, peakResidentBytes(child.pid) ?? 0)
  }, lookMilliseconds)
  try {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`It ended with ${code}: ${args}`)),
    )
    await promise
    return { seconds: (performance.now() - started) / 1000, peakBytes }
  } finally {
    clearInterval(looks)
  }
}

function containerOf(index: number): ContainerRef {
  const taskId = String(index % otherTasks).padStart(32, '0')
  return {
    scope: {
      identityId: 'sso:example-corp',
      accountId: '111122223333',
      roleName: 'PlatformEngineer',
      region: 'eu-west-1',
    },
    environment: 'production',
    clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/web',
    clusterName: 'web',
    serviceName: 'storefront',
    taskArn: `arn:aws:ecs:eu-west-1:111122223333:task/web/${taskId}`,
    taskId,
    containerName: 'nginx',
  }
}

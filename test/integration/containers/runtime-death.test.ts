import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'

/** The kernel needs milliseconds; a machine with much to do needs more. */
const patience = { rounds: 500, milliseconds: 10 }

test.each(['SIGKILL', 'SIGTERM'] as const)(
  '%s of the sandbox leaves no process of a container behind',
  async (signal) => {
    const runner = spawn(process.execPath, [resolve('test/integration/containers/container-runner.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const namespace = await firstNamespace(runner)
    expect(processesIn(namespace).length).toBeGreaterThanOrEqual(5)
    const starter = childrenOf(runner.pid)
    expect(starter).toHaveLength(1)
    runner.kill(signal)
    await once(runner, 'exit')
    for (let round = 0; round < patience.rounds && processesIn(namespace).length > 0; round++) {
      await delay(patience.milliseconds)
    }
    expect(processesIn(namespace)).toEqual([])
    expect(
      starter.filter((pid) => readOrUndefined(`/proc/${pid}/cmdline`)?.includes('enter-root.sh')),
    ).toEqual([])
  },
)

async function firstNamespace(runner: ChildProcess): Promise<string> {
  if (!runner.stdout) throw new Error('The runner has no output')
  for await (const line of createInterface({ input: runner.stdout })) {
    const { namespace } = JSON.parse(line)
    if (typeof namespace === 'string' && /^pid:\[\d+\]$/.test(namespace)) return namespace
  }
  throw new Error('The runner ended before its container ran')
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function processesIn(namespace: string): number[] {
  return processIds().filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/ns/pid`) === namespace
    } catch {
      return false
    }
  })
}

function childrenOf(parent: number | undefined): number[] {
  return processIds().filter((pid) => readOrUndefined(`/proc/${pid}/status`)?.includes(`PPid:\t${parent}\n`))
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

import { afterAll, beforeAll, expect } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { startTestSandbox } from '../sandbox-services/sandbox-fixture.ts'
import { watchConnections } from './sign-in-fixture.ts'

/** One sandbox for all tests of a file, which see to it that nothing of them leaves this computer. */
export function startWatchedSandbox(take: (sandbox: Sandbox) => void): void {
  let sandbox: Sandbox
  let connections: ReturnType<typeof watchConnections>
  beforeAll(async () => {
    sandbox = await startTestSandbox()
    connections = watchConnections()
    take(sandbox)
  })
  afterAll(async () => {
    expect([...connections.addresses]).toEqual(['127.0.0.1'])
    connections[Symbol.dispose]()
    await sandbox[Symbol.asyncDispose]()
  })
}

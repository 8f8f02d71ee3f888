import { test } from 'vitest'
import { systemClock } from '../../../src/sandbox/services/clock.ts'
import { SessionFixture } from './session-fixture.ts'

/** Beyond the five minutes after which AWS refuses a signature. */
const offMilliseconds = 10 * 60_000

test.each([
  ['slow', offMilliseconds],
  ['fast', -offMilliseconds],
])('a shell opens on a computer whose clock is %s', { timeout: 30_000 }, async (_name, off) => {
  const sandboxClock = { ...systemClock, now: () => Date.now() + off }
  await using fixture = await SessionFixture.start({ sandboxClock })
  // As in the app: whoever opens a shell has looked at the cluster before.
  fixture.catalog.watch([fixture.container.scope])
  await fixture.catalog.refresh()
  const shell = await fixture.openShell('built-in')
  await shell.run("printf 'in''side\\n'", /inside/)
})

import { availableParallelism, loadavg } from 'node:os'
import { expect, test } from '../launch/desktop.ts'
import { prompt } from '../pages/porthole.ts'

/**
 * What is told about a flood (the history has changed; the page reads it anew)
 * is far less than the flood: 25 MB are 385 batches of 64 KiB and 770 acks.
 */
const mostMessagesDuringFlood = 150

/** Main must answer within a few frames. */
const longestBlockMilliseconds = 50

/** Threads that share a core and its caches take more time of their own for the same work. */
function crowding(): number {
  return Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
}

test.describe('terminal bytes', () => {
  test.use({ startOptions: { args: ['--unpaced'] } })

  test('pass from the session process to the page without main', async ({ desktop, porthole }, testInfo) => {
    const { fake } = desktop
    test.skip(fake === undefined, 'only the fake counts the messages of main')
    if (fake === undefined) return
    const { terminal } = porthole
    await porthole.signIn()
    await porthole.openShell('nginx storefront example-staging')
    const lines = 250_000
    await terminal.run(`clear; seq -f '%099.0f' ${lines} > /tmp/flood; echo writ''ten`, /written\n/)
    await terminal.waitForText(prompt)

    const drawnBefore = await terminal.drawnBytes()
    const before = await fake.counters()
    const started = performance.now()
    await terminal.run('cat /tmp/flood; echo flood-e""nd', /\nflood-end\n/, 110_000)
    const seconds = (performance.now() - started) / 1000
    const after = await fake.counters()

    const drawn = (await terminal.drawnBytes()) - drawnBefore
    expect(drawn).toBeGreaterThanOrEqual(lines * 101)
    const messages = after.ports + after.ipc + after.utility - before.ports - before.ipc - before.utility
    testInfo.annotations.push({
      type: 'flood',
      description: `${(drawn / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s, ${messages} messages through main`,
    })
    expect(after.bytes).toBe(before.bytes)
    expect(messages).toBeLessThan(mostMessagesDuringFlood)
  })
})

test('main is never held up, from the start over sign-in and a shell to the audit', async ({
  desktop,
  porthole,
}, testInfo) => {
  const { fake } = desktop
  test.skip(fake === undefined, 'only the fake watches the event loop of main')
  if (fake === undefined) return
  const reports: Record<string, Awaited<ReturnType<typeof fake.takeLoopReport>>> = {}
  const step = async (name: string, run: () => Promise<void>) => {
    await run()
    reports[name] = await fake.takeLoopReport()
  }
  await step('start', () => desktop.window.getByRole('button', { name: /^Sign in to/ }).waitFor())
  await step('sign in', () => porthole.signIn())
  await step('shell', () => porthole.openShell('nginx storefront example-prod'))
  await step('work', () => porthole.terminal.run('ls /usr/share/nginx/html; exit', /exit/))
  await step('task page', () => porthole.openTaskPage('nginx storefront example-prod'))
  await step('replay', () => porthole.openReplay('ana'))

  for (const [name, report] of Object.entries(reports))
    testInfo.annotations.push({
      type: 'event loop of main',
      description: `${name}: longest work ${report.longestWorkMilliseconds.toFixed(1)} ms, longest delay ${report.longestDelayMilliseconds.toFixed(1)} ms`,
    })
  // By the thread's own processor time: on a busy machine the clock also counts what others do.
  for (const [name, report] of Object.entries(reports))
    expect(report.longestWorkMilliseconds, `while: ${name}`).toBeLessThan(
      longestBlockMilliseconds * crowding(),
    )
})

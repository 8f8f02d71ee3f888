import { describe, expect, test } from 'vitest'
import { SessionFixture, type Shell } from './session-fixture.ts'

/** Without an own look at the task, a dead line shows after 30 s at the earliest, and to the plugin never. */
const noticeLimitMilliseconds = 12_000

describe.each(['built-in', 'plugin'] as const)('a task that stops under the %s engine', (engine) => {
  async function endOf(stop: (fixture: SessionFixture, shell: Shell) => Promise<void>): Promise<void> {
    await using fixture = await SessionFixture.start()
    const shell = await fixture.openShell(engine)
    const begun = performance.now()
    await stop(fixture, shell)
    const ended = await shell.until('ended')
    expect(ended).toMatchObject({ endReason: 'task-stopped' })
    expect(ended.error).toBeUndefined()
    expect(performance.now() - begun).toBeLessThan(noticeLimitMilliseconds)
    await shell.page.until(() => shell.page.ended)
  }

  test('ends the session soon, although nobody types', { timeout: 30_000 }, () =>
    endOf(async (fixture) => {
      fixture.catalog.watch([fixture.container.scope])
      await fixture.catalog.refresh()
      await fixture.catalog.replaceTask(fixture.container)
    }),
  )

  test('ends it at the next key, when nobody looks at the cluster', { timeout: 30_000 }, () =>
    endOf(async (fixture, shell) => {
      const { clusterArn: cluster, taskArn: task, scope } = fixture.container
      const ecs = await fixture.clients.client('ecs', scope)
      await ecs.stopTask({ cluster, task })
      const status = async () => (await ecs.describeTasks({ cluster, tasks: [task] })).tasks?.[0]?.lastStatus
      await expect.poll(status, { timeout: 5_000 }).toBe('STOPPED')
      shell.type('l')
    }),
  )
})

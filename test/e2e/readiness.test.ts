import { describeWorld } from '../../src/sandbox/world/world.ts'
import { expect, test } from './launch/launch.ts'
import { prompt } from './pages/porthole.ts'

/** What keeps one out of the services of the world, the most likely first; all others are healthy. */
const causes: Record<string, string[]> = {
  'example-prod/web/image-proxy': ['Exec was off when the task started'],
  'example-prod/web/recommendations': ['The task role may not reach Session Manager'],
  'example-prod/web/search': ['The exec agent is not running'],
  'example-prod/data/reporting-legacy': [
    'Exec was off when the task started',
    'The task role may not reach Session Manager',
  ],
  'example-staging/web/image-proxy': ['Exec was off when the task started'],
  'example-dev/batch/payments-worker': ['The exec agent is not running', 'The root file system is read-only'],
}

function servicesOfTheWorld(): { account: string; cluster: string; service: string; key: string }[] {
  const { accounts, homeRegion } = describeWorld()
  return accounts.flatMap(({ name: account = '', regions }) =>
    regions
      .filter(({ name }) => name === homeRegion)
      .flatMap(({ clusters }) => clusters)
      .flatMap(({ name: cluster, services }) =>
        services.map(({ name: service }) => ({
          account,
          cluster,
          service,
          key: `${account}/${cluster}/${service}`,
        })),
      ),
  )
}

/** "Why can't I connect?": from what bars the way to a shell, by way of what to mend. */
test('a task that cannot be entered says why, and the fix leads to a shell', async ({ porthole }) => {
  const { window, dialog, terminal } = porthole
  const card = (title: string) => window.getByRole('region', { name: title })
  await porthole.signIn()

  await test.step('the cause behind a stopped agent, with what AWS said of it', async () => {
    await porthole.openTaskPage('worker payments-worker example-dev')
    await window.getByRole('button', { name: 'Check everything' }).click()
    await expect(window.getByRole('heading', { name: 'Cannot connect to payments-worker' })).toBeVisible()
    await expect(window.getByText(/Fix cause 2, then replace the task/)).toBeVisible()
    const [agent, root] = [card('The exec agent is not running'), card('The root file system is read-only')]
    await expect(agent).toContainText('Certain')
    await expect(agent).toContainText('mkdir /var/lib/amazon/ssm: read-only file system')
    await expect(root).toContainText('readonlyRootFilesystem')
    await expect(card('AWS keys in the environment')).toContainText('AWS_ACCESS_KEY_ID')
  })

  await test.step('the report can be taken away, and no key is in it', async () => {
    await window.getByRole('button', { name: 'Copy report' }).click()
    await expect(window.getByRole('button', { name: 'Copied' })).toBeVisible()
    const report = await window.evaluate(() => navigator.clipboard.readText())
    expect(report).toContain('# Cannot connect to payments-worker')
    expect(report).toContain('1. The exec agent is not running (BLOCKED, certain)')
    expect(report).not.toContain('AKIA')
  })

  await test.step('who may get in, and the least policy for it', async () => {
    await window.getByRole('button', { name: 'Who may get in' }).click()
    await expect(dialog.getByText(/PlatformEngineer/).first()).toBeVisible()
    await dialog.getByRole('checkbox', { name: 'worker', exact: true }).check()
    await dialog.getByRole('button', { name: 'Copy policy' }).click()
    await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible()
    expect(await window.evaluate(() => navigator.clipboard.readText())).toContain('"ecs:container-name"')
    await dialog.getByRole('button', { name: 'Close' }).click()
  })

  await test.step('each broken service of the world gets its cause, each healthy one none', async () => {
    const services = servicesOfTheWorld()
    expect(services.map(({ key }) => key)).toEqual(expect.arrayContaining(Object.keys(causes)))
    const filter = porthole.navigator.getByRole('searchbox', { name: 'Filter' })
    for (const { account, cluster, service, key } of services) {
      await filter.fill(`account:${account} cluster:${cluster} service:${service}`)
      const row = porthole.navigator.getByRole('treeitem', { level: 3 }).filter({ hasText: service })
      await row.first().click({ button: 'right' })
      await window.getByRole('menuitem', { name: 'Why can’t I connect?' }).click()
      const page = window.getByRole('tabpanel').filter({ visible: true, hasText: service })
      await expect(page.getByText(/^Checked/)).toBeVisible()
      const expected = causes[key] ?? []
      const verdict =
        expected.length > 0 ? `Cannot connect to ${service}` : new RegExp(`^${service} is ready`)
      await expect.soft(page.getByRole('heading', { level: 1, name: verdict }), key).toBeVisible()
      const blocked = page.locator('section[data-check]').filter({ hasText: /Certain|Likely/ })
      expect.soft(await blocked.getByRole('heading').allInnerTexts(), key).toEqual(expected)
      await window.keyboard.press('Alt+Shift+W')
    }
    await filter.fill('')
  })

  await test.step('a refused shell leads to its cause', async () => {
    await porthole.requestShell('imgproxy image-proxy example-staging')
    await window.getByRole('button', { name: 'Why can’t I connect?' }).click()
    await expect(window.getByRole('heading', { name: 'Cannot connect to image-proxy' })).toBeVisible()
    await expect(card('Exec was off when the task started')).toContainText('enableExecuteCommand')
  })

  await test.step('exec is turned on, the deployment followed, and a shell opens in its task', async () => {
    await window.getByRole('button', { name: 'Turn exec on…' }).click()
    await expect(dialog).toContainText('forceNewDeployment')
    await dialog.getByRole('button', { name: 'Turn exec on' }).click()
    await dialog.getByRole('button', { name: 'Open shell' }).click()
    await terminal.waitForText(prompt)
  })
})

import { rm } from 'node:fs/promises'
import path from 'node:path'
import { tamper } from '../unit/core/audit/tampering.ts'
import { expect, test } from './launch/launch.ts'
import { startLocalAws } from './launch/local-aws.ts'
import { Porthole } from './pages/porthole.ts'

const container = 'nginx storefront example-prod'

test("everybody's shells are on the task's timeline, and one that is removed here stays in the cloud", async ({
  launch,
}) => {
  await using aws = await startLocalAws()
  const dataFolder = path.join(aws.folder, 'data')
  const options = { demo: false, environment: { ...aws.environment, PORTHOLE_DATA_FOLDER: dataFolder } }

  await test.step('beside my own, which CloudTrail has too', async () => {
    await using app = await launch(options)
    const porthole = new Porthole(app)
    const { window } = porthole
    await porthole.signIn()
    await porthole.openShell(container)
    await porthole.openTaskPage(container)
    await expect(window.getByRole('button', { name: /ana in nginx, live for .* Matched/ })).toBeVisible()
    await expect(window.getByText('Touched by ana and raj, 3 sessions')).toBeVisible()
    await expect(window.getByRole('button', { name: /raj in nginx, 28 min ECS console from/ })).toBeVisible()
    await expect(window.getByText('AccessDenied on ecs:ExecuteCommand, role ReadOnly')).toBeVisible()

    const raj = window.getByRole('button', { name: /raj in nginx, 11 min AWS CLI from 203.0.113.24/ })
    await raj.click()
    await expect(window.getByText('nginx -T 2>/dev/null | grep -n proxy_read')).toBeVisible()
    await expect(window.getByText(/it cannot be replayed/)).toBeVisible()
    await window.getByRole('textbox', { name: 'Search in this transcript' }).fill('EXPORTS')
    await expect(window.locator('mark')).toHaveText('exports')
    await window.getByRole('button', { name: 'Copy transcript' }).click()
    expect(await window.evaluate(() => navigator.clipboard.readText())).toMatch(/171:.*# exports\n# exit/)

    await window.getByRole('button', { name: 'Task page' }).click()
    await expect(window.getByRole('button', { name: /raj .* Transcript in CloudWatch Logs/ })).toBeVisible()
    await expect(window.getByText('looked at a transcript')).toBeVisible()
  })

  tamper(path.join(dataFolder, 'audit'), (ledger) =>
    ledger.exec(
      'DELETE FROM audit_event WHERE seq >= (SELECT min(seq) FROM audit_event WHERE session_id IS NOT NULL)',
    ),
  )
  await rm(path.join(dataFolder, 'audit', 'session-index.sqlite'))

  await test.step('without its row here, mine is in the cloud only', async () => {
    await using app = await launch(options)
    const porthole = new Porthole(app)
    await porthole.navigator.getByText('storefront').first().waitFor()
    await porthole.openTaskPage(container)
    const mine = porthole.window.getByRole('button', { name: /ana in nginx.* Porthole from .* Cloud only/ })
    await expect(mine).toBeVisible()
  })
})

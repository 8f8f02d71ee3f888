import { rm } from 'node:fs/promises'
import path from 'node:path'
import { tamper } from '../unit/core/audit/tampering.ts'
import { expect, test } from './launch/launch.ts'
import { startLocalAws } from './launch/local-aws.ts'
import { Porthole } from './pages/porthole.ts'

const container = 'nginx storefront example-prod'

const refusing = (operation: string) => ({
  refuse: { operation, code: 'AccessDeniedException', message: 'You are not authorized.', count: 99 },
})

const shellElsewhere = {
  eventID: 'elsewhere',
  eventName: 'ExecuteCommand',
  eventSource: 'ecs.amazonaws.com',
  eventTime: '2026-07-31T12:25:25Z',
  awsRegion: 'eu-west-1',
  recipientAccountId: '999900001111',
  userIdentity: { type: 'AssumedRole', principalId: 'AROA:mallory' },
  requestParameters: { cluster: 'ledger', task: 'abc', container: 'db', command: '/bin/sh' },
}

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
    await aws.setFaults(refusing('LookupEvents'))
    await porthole.openTaskPage(container)
    const readNow = window.getByRole('button', { name: 'Read CloudTrail now' })
    await expect(window.getByText('CloudTrail could not be read')).toBeVisible()
    await expect(window.getByText('Needs cloudtrail:LookupEvents.')).toBeVisible()
    await aws.setFaults({ clear: true, ...refusing('DescribeSessions') })
    await readNow.click()
    await expect(window.getByText('CloudTrail could not be read')).toBeHidden()
    await expect(window.getByText('Needs ssm:DescribeSessions.')).toBeVisible()
    await aws.setFaults({ clear: true })
    await readNow.click()
    await expect(window.getByText('Needs ssm:DescribeSessions.')).toBeHidden()
    await expect(window.getByRole('button', { name: /ana in nginx, live for .* Matched/ })).toBeVisible()
    await expect(window.getByText('Touched by ana and raj, 3 sessions')).toBeVisible()
    await expect(window.getByRole('button', { name: /raj in nginx, 28 min ECS console from/ })).toBeVisible()
    await expect(window.getByText('AccessDenied on ecs:ExecuteCommand, role ReadOnly')).toBeVisible()

    const raj = window.getByRole('button', { name: /raj in nginx, 11 min AWS CLI from 203.0.113.24/ })
    await aws.setFaults(refusing('GetLogEvents'))
    await raj.click()
    await expect(window.getByText('The transcript may not be read')).toBeVisible()
    await aws.setFaults({ clear: true })
    await window.getByRole('button', { name: 'Look again' }).click()
    await expect(window.getByText('nginx -T 2>/dev/null | grep -n proxy_read')).toBeVisible()
    await expect(window.getByText(/it cannot be replayed/)).toBeVisible()
    await window.getByRole('textbox', { name: 'Search in this transcript' }).fill('EXPORTS')
    await expect(window.locator('mark')).toHaveText('exports')
    await window.getByRole('button', { name: 'Copy transcript' }).click()
    expect(await window.evaluate(() => navigator.clipboard.readText())).toMatch(/171:.*# exports\n# exit/)

    await window.getByRole('button', { name: 'Task page' }).click()
    await expect(window.getByRole('button', { name: /raj .* Transcript in CloudWatch Logs/ })).toBeVisible()
    await expect(window.getByText('looked at a transcript')).toBeVisible()

    // A file tells of accounts that nobody here signed in to.
    await window.keyboard.press('Alt+Shift+A')
    const importFile = async (name: string, text: string) => {
      const choosing = window.waitForEvent('filechooser')
      await window.getByRole('button', { name: 'Import…' }).click()
      await (await choosing).setFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) })
    }
    const record = JSON.stringify({ Records: [shellElsewhere] })
    await importFile('torn.json', record.slice(0, 40))
    await expect(window.getByText('torn.json was not imported. It ends too early, at byte 40.')).toBeVisible()
    await importFile('trail.json', record)
    await expect(window.getByText('trail.json: 1 events, 1 of them shells, 1 new.')).toBeVisible()
    await window.getByRole('button', { name: 'Show 1 session' }).click()
    const row = window.getByRole('list', { name: 'Sessions from files' }).getByRole('listitem')
    await expect(row).toContainText('mallory in db of ledger')
    await expect(row).toContainText('9999-0000-1111')
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

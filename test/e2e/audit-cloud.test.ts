import path from 'node:path'
import { AuditKeeper } from '../../src/core/audit/audit-keeper.ts'
import { systemClock } from '../../src/core/clock.ts'
import { containerRef, sessionFacts } from '../unit/core/audit/audit-fixtures.ts'
import { tamper } from '../unit/core/audit/tampering.ts'
import { expect, test } from './launch/launch.ts'
import { type LocalAws, startLocalAws } from './launch/local-aws.ts'
import { Porthole } from './pages/porthole.ts'

const container = 'nginx storefront example-prod'
const hour = 3600_000

const refusing = (operation: string) => ({
  refuse: { operation, code: 'AccessDeniedException', message: 'You are not authorized.', count: 99 },
})

const shellElsewhere = {
  eventID: 'elsewhere',
  eventName: 'ExecuteCommand',
  eventSource: 'ecs.amazonaws.com',
  eventTime: new Date(Date.now() - 30 * hour).toISOString(),
  awsRegion: 'eu-west-1',
  recipientAccountId: '999900001111',
  userIdentity: { type: 'AssumedRole', principalId: 'AROA:mallory' },
  requestParameters: { cluster: 'ledger', task: 'abc', container: 'db', command: '/bin/sh' },
}

/** More than the core tells at once and than a window draws. */
const looksOfLastYear = 150

/** A session of two hours ago that the ledger has and CloudTrail never heard of, after a year in which somebody looked. */
async function recordUnheard(auditFolder: string, { region, cluster, task, container }: LocalAws['sample']) {
  const arn = `arn:aws:ecs:${region}:111122223333`
  const place = {
    clusterArn: `${arn}:cluster/${cluster}`,
    clusterName: cluster,
    taskArn: `${arn}:task/${cluster}/${task}`,
    taskId: task,
    containerName: container,
  }
  const at = Date.now() - 2 * hour
  await using keeper = await AuditKeeper.open({
    folder: auditFolder,
    clock: { ...systemClock, now: () => at },
    onChanged: () => {},
  })
  const facts = sessionFacts({
    at,
    userName: 'mallory',
    awsSessionId: 'ecs-execute-command-unheard',
    container: containerRef(place),
  })
  keeper.sessionOpened(facts)
  keeper.sessionEnded(facts.sessionId, { at: at + 60_000, reason: 'exited' })
  for (let look = 0; look < looksOfLastYear; look += 1)
    keeper.note({
      activity: 'recording.viewed',
      at: at - (8000 + look) * hour,
      userName: 'grace',
      taskArn: place.taskArn,
      detail: { sessionOf: `visitor ${look}` },
    })
}

test("everybody's shells are on the task's timeline, and one that is removed here stays in the cloud", async ({
  launch,
}) => {
  await using aws = await startLocalAws()
  const dataFolder = path.join(aws.folder, 'data')
  const options = { demo: false, environment: { ...aws.environment, PORTHOLE_DATA_FOLDER: dataFolder } }

  await recordUnheard(path.join(dataFolder, 'audit'), aws.sample)

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
    // AWS takes minutes to tell of a shell; until then nothing is wrong with it.
    const late = { trailDelay: 10 * 60_000 }
    await aws.setFaults({ clear: true, ...late, ...refusing('DescribeSessions') })
    await readNow.click()
    await expect(window.getByText('CloudTrail could not be read')).toBeHidden()
    await expect(window.getByText('Needs ssm:DescribeSessions.')).toBeVisible()
    const rowOf = (name: string | RegExp) => window.getByRole('listitem').filter({ hasText: name })
    await aws.setFaults({ clear: true, ...late })
    await readNow.click()
    await expect(window.getByText('Needs ssm:DescribeSessions.')).toBeHidden()
    await expect(rowOf('ana in nginx, live for')).toContainText('CloudTrail pending')
    await expect(rowOf('mallory in nginx')).toContainText(/No CloudTrail event after 2 h.*Local only/)
    await aws.setFaults({ trailDelay: 0 })
    await readNow.click()
    await expect(rowOf('ana in nginx, live for')).toContainText('Matched')
    await expect(window.getByText('Touched by ana, mallory and raj, 4 sessions')).toBeVisible()
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

    // Where the cluster logs into a bucket, it comes from there.
    await porthole.openTaskPage('worker warehouse-loader')
    await window.getByRole('button', { name: /raj in worker.* AWS CLI from/ }).click()
    await expect(window.getByText('66% /scratch')).toBeVisible()
    await window.getByRole('button', { name: 'Task page' }).click()
    await expect(rowOf('raj in worker')).toContainText('Transcript in S3')

    // What was read once is searched, and leads to its line.
    await porthole.runCommand('Search the audit history')
    const searchField = window.getByRole('textbox', { name: 'Search the audit history' })
    // Marked: what an earlier search found may be in sight still.
    const hits = window.getByRole('button').filter({ has: window.locator('mark') })
    await searchField.fill('scratch 66')
    await expect(hits.filter({ hasText: '66% /scratch' })).toBeVisible()
    await expect(window.getByText("From AWS's transcript, not verified by us.")).toBeVisible()
    await searchField.fill('proxy_read')
    await hits.filter({ hasText: 'nginx -T' }).click()
    await expect(window.getByRole('textbox', { name: 'Search in this transcript' })).toHaveValue('proxy_read')
    await expect(window.locator('mark').first()).toHaveText('proxy_read')

    // A file tells of accounts that nobody here signed in to, and of tasks that are known.
    const importFile = async (name: string, records: string) => {
      const choosing = window.waitForEvent('filechooser')
      await porthole.runCommand('Import CloudTrail files')
      await (await choosing).setFiles({ name, mimeType: 'application/json', buffer: Buffer.from(records) })
    }
    const known = { ...shellElsewhere, eventID: 'known', recipientAccountId: '111122223333' }
    const { cluster, task } = aws.sample
    const records = JSON.stringify({
      Records: [shellElsewhere, { ...known, requestParameters: { cluster, task, container: 'nginx' } }],
    })
    await importFile('torn.json', records.slice(0, 40))
    await expect(window.getByText('torn.json was not imported. It ends too early, at byte 40.')).toBeVisible()
    await importFile('trail.json', records)
    await expect(window.getByText('trail.json: 2 events, 2 of them shells, 2 new.')).toBeVisible()
    const rows = window.getByRole('list', { name: 'Sessions from files' }).getByRole('listitem')
    await expect(rows).toHaveCount(2)
    await window.getByRole('textbox', { name: 'Task, cluster or container' }).fill('LEDGER')
    await expect(rows).toHaveText([/mallory in db of ledger.*9999-0000-1111/])
    await rows.getByRole('button').click({ button: 'right' })
    await expect(window.getByRole('menuitem', { name: 'None of your accounts' })).toBeDisabled()
    await window.keyboard.press('Escape')

    await window.getByRole('button', { name: 'What was done to it' }).click()
    const acts = window.getByRole('list', { name: 'What was done to the record' }).getByRole('listitem')
    await expect(acts.first()).toContainText(/imported a CloudTrail file.*trail.json, 2 shells of 2 events/)
    await expect(acts.filter({ hasText: 'looked at a transcript' })).toHaveCount(2)
    await window.getByRole('button', { name: 'Show 2 sessions' }).click()
    await rows.filter({ hasText: 'of web' }).getByRole('button').click()
    await expect(window.getByRole('heading', { name: 'storefront' })).toBeVisible()
    await expect(rowOf('mallory in nginx').filter({ hasText: 'From a file' })).toBeVisible()

    // What lies a year back is read when somebody scrolls to it, and the keyboard goes on from there.
    const oldest = rowOf(`of visitor ${looksOfLastYear - 1}`)
    await expect(oldest).toHaveCount(0)
    await window
      .getByRole('region', { name: 'History' })
      .evaluate((list) => list.scrollIntoView({ block: 'end' }))
    await expect(oldest).toBeVisible()
    await oldest.getByRole('button').focus()
    await window.keyboard.press('ArrowUp')
    await expect(window.locator('li:focus-within')).toContainText(`visitor ${looksOfLastYear - 2}`)
  })

  tamper(path.join(dataFolder, 'audit'), (ledger) =>
    ledger.exec(
      'DELETE FROM audit_event WHERE seq >= (SELECT min(seq) FROM audit_event WHERE session_id IS NOT NULL)',
    ),
  )

  await test.step('without its row here, mine is in the cloud only', async () => {
    await using app = await launch(options)
    const porthole = new Porthole(app)
    await porthole.navigator.getByText('storefront').first().waitFor()
    await porthole.openTaskPage(container)
    const mine = porthole.window.getByRole('button', { name: /ana in nginx.* Porthole from .* Cloud only/ })
    await expect(mine).toBeVisible()
  })
})

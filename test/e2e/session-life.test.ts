import { ECSClient, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs'
import type { BrowserType } from '@playwright/test'
import { describeWorld } from '../../src/sandbox/world/world.ts'
import type { WorldDescription } from '../../src/sandbox/world/world-types.ts'
import { launchInBrowser } from './launch/browser-launcher.ts'
import { expect, type LaunchedApp, test } from './launch/launch.ts'
import { type OwnWorld, type OwnWorldOptions, startOwnWorld } from './launch/own-world.ts'
import { Porthole, prompt } from './pages/porthole.ts'

const stagingShell = 'nginx storefront example-staging'
const stagingAccount = '444455556666'

/** The demo's world, with a key for the staging account. */
function worldOfOperator(): WorldDescription {
  const world = describeWorld()
  return { ...world, operator: { ...world.operator, accountId: stagingAccount } }
}

interface Life extends AsyncDisposable {
  world: OwnWorld
  app: LaunchedApp
  porthole: Porthole
}

/** Porthole in front of an AWS of the test's own, signed in, with a shell in staging. */
async function startLife(chromium: BrowserType, options: Partial<OwnWorldOptions> = {}): Promise<Life> {
  const resources = new AsyncDisposableStack()
  try {
    const world = resources.use(await startOwnWorld({ world: worldOfOperator(), ...options }))
    const app = resources.use(
      await launchInBrowser(chromium, { demo: false, environment: world.environment }),
    )
    const porthole = new Porthole(app)
    await porthole.signIn()
    await porthole.openShell(stagingShell)
    return { world, app, porthole, [Symbol.asyncDispose]: () => resources.disposeAsync() }
  } catch (error) {
    await resources.disposeAsync()
    throw error
  }
}

test('the network pulled in mid-top: a banner, and then top goes on where it was', async ({ playwright }) => {
  await using life = await startLife(playwright.chromium)
  const { window, terminal } = life.porthole
  await terminal.run('marker=kept; top -d 1', /load average|Load/i)
  const size = await terminal.rows.locator('> div').count()

  life.world.line.cut()
  await expect(window.getByText('Connection lost', { exact: true })).toBeVisible()
  await expect(window.getByText(/Trying again/)).toBeVisible()
  await expect(window.getByRole('button', { name: /^Reconnect/ })).toBeVisible()
  // The banner lies over the screen: a program that is told another size would redraw.
  expect(await terminal.rows.locator('> div').count()).toBe(size)
  const shownBefore = await terminal.drawnBytes()
  life.world.line.restore()
  await expect(window.getByText('Connection lost', { exact: true })).toBeHidden()
  await expect.poll(() => terminal.drawnBytes()).toBeGreaterThan(shownBefore)

  await terminal.press('q')
  await terminal.waitForText(prompt)
  await terminal.run('echo $marker', /\nkept\n/)
})

test('Enter does not wait for the next attempt', async ({ playwright }) => {
  await using life = await startLife(playwright.chromium)
  const { window, terminal } = life.porthole
  life.world.line.cut()
  // Long enough to be between two attempts that are seconds apart.
  await expect(window.getByText(/Trying again in [3-5] s/)).toBeVisible({ timeout: 30_000 })
  life.world.line.restore()
  await terminal.press('Enter')
  await expect(window.getByText('Connection lost', { exact: true })).toBeHidden({ timeout: 2_500 })
  await terminal.run('echo back', /\nback\n/)
})

test('a stopped task offers its replacement, and one click connects to it in the same tab', async ({
  playwright,
}) => {
  await using life = await startLife(playwright.chromium)
  const { window, terminal } = life.porthole
  await terminal.run('echo before the stop', /\nbefore the stop\n/)
  const shortId = await window
    .getByText(/^[0-9a-f]{8}$/)
    .first()
    .textContent()
  await stopTask(life.world, 'web', 'storefront', shortId ?? '')

  await expect(window.getByText('Task stopped', { exact: true })).toBeVisible({ timeout: 30_000 })
  await window.getByRole('button', { name: /^Connect to/ }).click({ timeout: 30_000 })
  await expect(window.getByText('Task stopped', { exact: true })).toBeHidden()
  await expect(window.getByRole('tab', { name: /^nginx/ })).toHaveCount(1)
  await terminal.run('echo after the stop', /before the stop\n[\s\S]*\nafter the stop\n/, 30_000)
})

test('credentials that expire in mid-session: it says so, and a sign-in lets it go on', async ({
  playwright,
}) => {
  await using life = await startLife(playwright.chromium)
  const { window, terminal } = life.porthole
  await terminal.run('marker=kept', prompt)
  await life.world.setFaults({ expireTokens: true })
  // An open line needs no credentials.
  await terminal.run('echo still here', /\nstill here\n/)

  life.world.line.reset()
  await expect(window.getByText('Connection lost, and your sign-in has ended')).toBeVisible({
    timeout: 30_000,
  })
  await life.world.setFaults({ expireTokens: false })
  const banner = window.getByRole('status').filter({ hasText: 'your sign-in has ended' })
  await banner.getByRole('button', { name: 'Sign in' }).click()
  const approval = await life.porthole.beginSignIn()
  await approval.allow()

  await expect(banner).toBeHidden({ timeout: 20_000 })
  await terminal.focus()
  await terminal.run('echo $marker', /\nkept\n/)
})

test('the idle limit: minutes in the last five, a warning in the last two, and keep-alive says what it defeats', async ({
  playwright,
}) => {
  await using life = await startLife(playwright.chromium)
  const { porthole } = life
  const { window, terminal } = porthole
  const now = Date.now()
  const tab = window.getByRole('tab', { name: /^nginx/ }).first()
  await expect(tab).not.toContainText(/\d:\d\d/)
  await window.clock.setSystemTime(now + 16.5 * 60_000)
  await expect(tab).toContainText(/3:[0-3]\d/)
  await expect(window.getByText(/nginx ends in/)).toBeHidden()

  await window.clock.setSystemTime(now + 18.5 * 60_000)
  const warning = window.getByRole('status').filter({ hasText: 'nginx ends in 1:' })
  await expect(warning).toContainText('AWS ends a session after 20 min without input')
  await warning.getByRole('button', { name: /^Keep alive/ }).click()
  await expect(porthole.dialog).toContainText('Keep-alive defeats that')
  await porthole.dialog.getByRole('button', { name: 'Keep alive' }).click()
  await expect(warning).toBeHidden()
  await expect(window.getByText('Kept alive')).toBeVisible()

  // A tab behind another one warns with a toast that leads to it.
  await window.clock.setSystemTime(now)
  await porthole.openShell('app storefront example-staging')
  await window
    .getByRole('tab', { name: /^nginx/ })
    .first()
    .click()
  await window.clock.setSystemTime(now + 18.5 * 60_000)
  const toast = window.getByRole('alert').filter({ hasText: 'app ends in 2 min' })
  await expect(toast).toContainText('No input for 18 min, AWS allows 20')
  await toast.getByRole('button', { name: 'Go to tab' }).click()
  await expect(window.getByRole('status').filter({ hasText: 'app ends in 1:' })).toBeVisible()
  await terminal.press('Enter')

  // Toasts go; what they said can be read again.
  await window.getByRole('button', { name: 'Notifications, 1 new' }).click()
  const notices = window.getByRole('dialog', { name: 'Notifications' })
  await expect(notices.getByRole('listitem')).toContainText('app ends in 2 min')
  await notices.getByRole('button', { name: 'Clear' }).click()
  await expect(notices).toBeHidden()
  await window.getByRole('button', { name: 'Notifications', exact: true }).click()
  await expect(notices).toContainText('kept here')
  await window.keyboard.press('Escape')
  await expect(notices).toBeHidden()
  await expect(window.getByRole('button', { name: 'Notifications', exact: true })).toBeVisible()
})

test('AWS ends an idle session: the banner says why, and Enter opens another below', async ({
  playwright,
}) => {
  await using life = await startLife(playwright.chromium, { agent: { idleTimeout: 6_000 } })
  const { window, terminal } = life.porthole
  await expect(window.getByText('Ended by AWS', { exact: true })).toBeVisible({ timeout: 30_000 })
  await expect(window.getByText('20 min without input. This limit cannot be changed.')).toBeVisible()
  await terminal.press('Enter')
  await terminal.waitForText(/Ended by AWS[\s\S]*#$|#[\s\S]*#$/)
  await terminal.run('echo again', /\nagain\n/)
})

test('an agent that no longer answers is a mark, not a banner', async ({ playwright }) => {
  await using life = await startLife(playwright.chromium)
  const { window, terminal } = life.porthole
  const sessions = life.world.sessionIds()
  for (const id of sessions) life.world.gateway.setFaults(id, { agentUnreachable: true })
  await terminal.type('e')
  await expect(window.getByText('No answer')).toBeVisible()
  for (const id of sessions) life.world.gateway.setFaults(id, {})
  await expect(window.getByText('No answer')).toBeHidden()
  await terminal.run('cho back', /\nback\n/)
})

test('the engine can be changed for one tab', async ({ playwright }) => {
  await using life = await startLife(playwright.chromium)
  const { porthole } = life
  const { window, terminal, pluginCard } = porthole
  await window.getByRole('button', { name: 'Built-in engine' }).click()
  await window.getByRole('menuitem', { name: 'Plugin engine' }).click()
  // The plugin is not installed here, and this world's download site has none either.
  await pluginCard.getByRole('button', { name: 'Use the built-in engine' }).click()
  await terminal.waitForText(/#$/)
  await terminal.run('echo built in', /\nbuilt in\n/)
})

/** Stops a task of a service, as somebody else at AWS would. */
async function stopTask(
  world: OwnWorld,
  cluster: string,
  serviceName: string,
  shortId: string,
): Promise<void> {
  const ecs = new ECSClient({ region: 'eu-west-1', ...world.operator })
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName }))
  const task = taskArns.find((arn) => arn.includes(`/${shortId}`))
  await ecs.send(new StopTaskCommand({ cluster, task, reason: 'Stopped by somebody else' }))
  ecs.destroy()
}

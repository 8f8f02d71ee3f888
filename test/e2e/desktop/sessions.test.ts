import path from 'node:path'
import { startCountingProxy } from '../../bench/counting-proxy.ts'
import { expect, test } from '../launch/desktop.ts'
import { startLocalAws } from '../launch/local-aws.ts'
import { Porthole, prompt } from '../pages/porthole.ts'

test('the session process killed in mid-session: the tab says so, and the next shell works', async ({
  desktop,
  porthole,
}) => {
  const { terminal, window } = porthole
  await porthole.signIn()
  await porthole.openShell('nginx storefront example-staging')
  await terminal.run('echo before-the-kill', /\nbefore-the-kill\n/)
  await desktop.killProcess('Porthole sessions')
  await expect(window.getByText('The process that runs the sessions stopped.').first()).toBeVisible()
  await terminal.waitForText(/before-the-kill/)
  await window.locator('.xterm-helper-textarea').first().focus()
  await terminal.press('Enter')
  // The prompt of the dead shell, and below it the new one.
  await terminal.waitForText(/before-the-kill\nroot@[^\n]*\n[\s\S]*root@[^\n]*#$/)
  await terminal.run('echo after-the-kill', /\nafter-the-kill\n/)
})

test('a crash of the page: it comes back, and shells with their screens', async ({ desktop, porthole }) => {
  await porthole.signIn()
  await porthole.openShell('nginx storefront example-staging')
  await porthole.terminal.run('marker=kept; echo before-the-crash', /\nbefore-the-crash\n/)
  await desktop.crashPage()
  // The desktop's window is the new page by now, which the old page objects do not know.
  const { terminal } = new Porthole(desktop)
  await terminal.waitForText(/before-the-crash/)
  await terminal.run('echo $marker', /\nkept\n/)
})

test('quitting with a live shell asks: cancel keeps all, yes ends it at AWS and then the app', async ({
  launchDesktop,
}) => {
  await using aws = await startLocalAws()
  await using proxy = await startCountingProxy(aws.environment.AWS_ENDPOINT_URL ?? '')
  await using desktop = await launchDesktop({
    demo: false,
    environment: { ...aws.environment, AWS_ENDPOINT_URL: proxy.endpoint },
    args: ['--data-folder', path.join(aws.folder, 'data')],
  })
  const porthole = new Porthole(desktop)
  await porthole.signIn()
  await porthole.openShell('nginx storefront example-staging')

  await desktop.quit()
  await expect.poll(() => desktop.dialogs()).toHaveLength(1)
  const [question] = await desktop.dialogs()
  expect(question).toMatchObject({ message: 'A shell is open.', buttons: ['Quit', 'Cancel'] })
  expect(question?.detail).toContain('nginx')
  await desktop.answerDialog(1)
  await porthole.terminal.run('echo still-here', /\nstill-here\n/)
  const terminations = () => proxy.calls.filter(({ operation }) => operation === 'TerminateSession')
  expect(terminations()).toEqual([])

  await desktop.closeWindow()
  await expect.poll(() => desktop.dialogs()).toHaveLength(2)
  await desktop.answerDialog(1)
  await porthole.terminal.run('echo and-here', /\nand-here\n/)

  await desktop.quit()
  await expect.poll(() => desktop.dialogs()).toHaveLength(3)
  await desktop.answerDialog(0)
  expect(await desktop.exited).toBe(0)
  expect(terminations()).toHaveLength(1)
})

test('quitting without a shell asks nothing', async ({ desktop, porthole }) => {
  await porthole.signIn()
  await porthole.openShell('nginx storefront example-staging')
  await porthole.terminal.run('exit', /exit/)
  await expect(desktop.window.getByText('The shell exited.')).toBeVisible()
  await desktop.quit()
  expect(await desktop.exited).toBe(0)
})

test('waking up reads everything anew, and shells go on', async ({ launchDesktop }) => {
  await using aws = await startLocalAws()
  await using proxy = await startCountingProxy(aws.environment.AWS_ENDPOINT_URL ?? '')
  await using desktop = await launchDesktop({
    demo: false,
    environment: { ...aws.environment, AWS_ENDPOINT_URL: proxy.endpoint },
    args: ['--data-folder', path.join(aws.folder, 'data')],
  })
  const porthole = new Porthole(desktop)
  await porthole.signIn()
  await porthole.openShell('nginx storefront example-staging')
  const lists = () => proxy.calls.filter(({ operation }) => operation === 'ListClusters').length
  const before = lists()
  await desktop.power('suspend')
  await desktop.power('resume')
  // Once for each account in view; the usual rhythm asks for clusters far less often.
  await expect.poll(lists).toBeGreaterThanOrEqual(before + 2)
  await porthole.terminal.run('echo awake', /\nawake\n/)
  await porthole.terminal.waitForText(prompt)
})

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from '../launch/desktop.ts'
import { startLocalAws } from '../launch/local-aws.ts'
import { Porthole } from '../pages/porthole.ts'

test('from the start to the first window, which shows our page and nothing else', async ({ desktop }) => {
  await expect(desktop.window.getByRole('button', { name: /^Sign in to/ })).toBeVisible()
  expect(await desktop.windowFacts()).toEqual([{ url: 'porthole-app://app/', visible: true, focused: true }])
  expect(desktop.messages()).not.toMatch(/failed|refused/i)
})

test('the size of the window is remembered', async ({ launchDesktop }) => {
  await using aws = await startLocalAws()
  const options = {
    demo: false,
    environment: aws.environment,
    args: ['--data-folder', path.join(aws.folder, 'data')],
  }
  {
    await using desktop = await launchDesktop(options)
    test.skip(desktop.fake === undefined, 'a real window system may have its own mind about sizes')
    const [window] = (await desktop.fake?.windowStates()) ?? []
    await desktop.fake?.inMain('resizeWindow', { id: window?.id, width: 1111, height: 777 })
    await desktop.quit()
    expect(await desktop.exited, desktop.messages()).toBe(0)
  }
  await using desktop = await launchDesktop(options)
  const [window] = (await desktop.fake?.windowStates()) ?? []
  expect(window?.bounds).toMatchObject({ width: 1111, height: 777 })
})

test('keys of the audit history lie in the keychain, and in files again when that is asked for', async ({
  launchDesktop,
}) => {
  await using aws = await startLocalAws()
  const data = path.join(aws.folder, 'data')
  const keyFiles = async () =>
    Promise.all(
      ['signing-key.pem', 'master-key', 'latest-checkpoint.json'].map((name) =>
        readFile(path.join(data, 'audit-keys', name), 'utf8'),
      ),
    )
  const start = (...args: string[]) =>
    launchDesktop({ demo: false, environment: aws.environment, args: ['--data-folder', data, ...args] })
  const checkRecord = async (desktop: Awaited<ReturnType<typeof start>>) => {
    await new Porthole(desktop).runCommand('Check the audit record')
    const dialog = desktop.window.getByRole('dialog')
    await expect(dialog.getByRole('status')).toHaveText(/Record is intact/)
    return dialog
  }
  {
    await using desktop = await start('--password-store=gnome-libsecret')
    test.skip(desktop.fake === undefined, 'whether a machine has a keychain is its own matter')
    await new Porthole(desktop).signIn()
    await expect(await checkRecord(desktop)).toContainText('in this computer’s keychain')
    for (const text of await keyFiles()) expect(text).toMatch(/^porthole-sealed 1\n/)
    await desktop.quit()
    expect(await desktop.exited, desktop.messages()).toBe(0)
  }
  await using desktop = await start('--password-store=gnome-libsecret', '--audit-keys=file')
  await expect(await checkRecord(desktop)).toContainText('in files that only you can read')
  for (const text of await keyFiles()) expect(text).not.toContain('porthole-sealed')
})

test.describe('a deep link', () => {
  test('on the first command line opens its task once the person is signed in', async ({ launchDesktop }) => {
    await using aws = await startLocalAws()
    const { region, cluster, task } = aws.sample
    await using desktop = await launchDesktop({
      demo: false,
      environment: aws.environment,
      args: [
        '--data-folder',
        path.join(aws.folder, 'data'),
        `porthole://task/111122223333/${region}/${cluster}/${task}`,
      ],
    })
    await new Porthole(desktop).signIn()
    await expect(desktop.window.getByRole('heading', { name: 'Audit' })).toBeVisible()
    await expect(desktop.window.getByText(task.slice(0, 8)).first()).toBeVisible()
  })

  test('of a second start reaches the first, which comes to the front and opens the right tab', async ({
    launchDesktop,
  }) => {
    await using aws = await startLocalAws()
    const { region, cluster, task, container } = aws.sample
    await using desktop = await launchDesktop({
      demo: false,
      environment: aws.environment,
      args: ['--data-folder', path.join(aws.folder, 'data')],
    })
    const porthole = new Porthole(desktop)
    await porthole.signIn()
    await desktop.leaveWindow('minimize')
    await expect.poll(() => desktop.windowFacts()).toMatchObject([{ focused: false }])

    await desktop.startAgain([`porthole://shell/111122223333/${region}/${cluster}/${task}/${container}`])
    await expect.poll(() => desktop.windowFacts()).toMatchObject([{ visible: true, focused: true }])
    // A link is not a person's word: production asks as ever, and then it is this task's shell.
    await porthole.dialog.getByRole('button', { name: /^Open shell/ }).click()
    await porthole.terminal.waitForText(/root@/)
    await expect(desktop.window.getByRole('tab', { name: new RegExp(container) })).toBeVisible()

    // A double click on a recording comes the same way.
    const recording = path.resolve(import.meta.dirname, '../../fixtures/recordings/by-hand-v3.cast')
    await desktop.startAgain([pathToFileURL(recording).href])
    await expect(desktop.window.getByRole('heading', { name: 'by-hand-v3.cast' })).toBeVisible()
    await porthole.terminal.waitForText(/^\$$/)
  })

  test('that leads nowhere is told, not followed', async ({ desktop, porthole }) => {
    await porthole.signIn()
    await desktop.openUrl('porthole://task/not-an-account/../../etc/passwd')
    await expect(desktop.window.getByText('This link leads nowhere in Porthole.')).toBeVisible()
    expect(await desktop.opened()).toHaveLength(1)
  })
})

test('the native menu runs commands and knows which can run', async ({ desktop, porthole }) => {
  await porthole.signIn()
  await expect.poll(() => desktop.menuLabels()).toContain('Porthole > Keyboard shortcuts')
  await desktop.clickMenu('Porthole', 'Keyboard shortcuts')
  await expect(porthole.dialog.getByRole('heading', { name: 'Keyboard shortcuts' })).toBeVisible()
  await desktop.window.keyboard.press('Escape')

  await desktop.clickMenu('View', 'Light theme')
  await expect(desktop.window.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light')
  await desktop.clickMenu('Porthole', 'New window')
  await expect.poll(() => desktop.windowFacts()).toHaveLength(2)
})

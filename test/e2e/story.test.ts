import { expect, test } from './launch/launch.ts'
import { type Porthole, prompt } from './pages/porthole.ts'

/** The story that must always work (see README): from sign-in to the replaced task. */
test('sign in, find a container, work in it, see it in the audit, throw it away', async ({
  porthole,
  app,
}) => {
  const { window, terminal, navigator } = porthole

  await test.step('sign in with a browser page of Identity Center', async () => {
    await porthole.signIn()
    for (const account of ['example-prod', 'example-staging', 'example-dev'])
      await expect(navigator.getByText(account)).toBeVisible()
  })

  await test.step('from a few letters to a live shell', async () => {
    await porthole.openShell('nginx storefront example-prod')
    await expect(window.getByText('Recording', { exact: true })).toBeVisible()
    await terminal.run(
      'ls /usr/share/nginx/html; head -3 /etc/nginx/conf.d/default.conf',
      /50x\.html[\s\S]*server \{/,
    )
  })

  const address = await pageAddress(porthole)
  await test.step('change the page that nginx serves', async () => {
    expect(await bodyOf(address)).toContain('It works')
    await terminal.run(
      "echo '<p>changed by hand</p>' > /usr/share/nginx/html/index.html; echo wri''tten",
      /written/,
    )
    expect(await bodyOf(address)).toContain('changed by hand')
  })

  await test.step('the session is in the audit of its task while it lives', async () => {
    await porthole.openTaskPage('nginx storefront example-prod')
    await expect(window.getByText(/live for/)).toBeVisible()
  })

  await test.step('it replays like a film', async () => {
    await window.getByRole('tab', { name: /nginx/ }).first().click()
    await terminal.run('exit', /exit/)
    await expect(window.getByText('The shell exited.')).toBeVisible()
    await window
      .getByRole('tab', { name: /storefront/ })
      .last()
      .click()
    await expect(
      window.getByRole('listitem').filter({ hasText: 'ana in nginx' }).getByText('3 in all'),
    ).toBeVisible()
    await porthole.openReplay('ana')
    await window.keyboard.press('End')
    await terminal.waitForText(/written/)
  })

  await test.step('replace the task: the change did not outlive it', async () => {
    await window
      .getByRole('tab', { name: /storefront/ })
      .nth(1)
      .click()
    await window.getByRole('button', { name: 'Replace task…' }).click()
    await porthole.dialog.getByRole('textbox').fill('storefront')
    await porthole.dialog.getByRole('button', { name: 'Replace task' }).click()
    await expect(window.getByText('Task replaced')).toBeVisible({ timeout: 30_000 })
    await expect.poll(() => bodyOf(address).catch(() => 'gone')).toBe('gone')
    await window.getByRole('button', { name: 'Open shell' }).last().click()
    await porthole.dialog.getByRole('button', { name: /^Open shell/ }).click()
    await terminal.waitForText(prompt)
    await terminal.run('cat /usr/share/nginx/html/index.html', /It works/)
  })
  expect(app.messages()).not.toMatch(/failed|error/i)
})

/** Where the task's page is served, read off the task page as a person would. */
async function pageAddress(porthole: Porthole): Promise<string> {
  await porthole.openTaskPage('nginx storefront example-prod')
  const link = porthole.window.getByRole('link', { name: /127\.0\.0\.1/ })
  const address = await link.getAttribute('href')
  await porthole.window.getByRole('tab', { name: /nginx/ }).first().click()
  return address ?? ''
}

async function bodyOf(address: string): Promise<string> {
  return (await fetch(address)).text()
}

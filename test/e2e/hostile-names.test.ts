import { describeWorld } from '../../src/sandbox/world/world.ts'
import type { WorldDescription } from '../../src/sandbox/world/world-types.ts'
import { expect, test } from './launch/launch.ts'
import { startOwnWorld } from './launch/own-world.ts'
import { Porthole } from './pages/porthole.ts'

/** Markup, a title sequence, a bell, a line break and a direction override: AWS would refuse some, another emulator may not. */
const hostileName = `<img src=x onerror="document.title='owned'">\u001b]0;owned\u0007\n\u202egnp.exe`

test('names with markup, escape sequences and direction marks are shown and used as plain names', async ({
  launch,
}) => {
  await using world = await startOwnWorld({ world: withContainerNamed(hostileName) })
  await using app = await launch({
    demo: false,
    environment: world.environment,
  })
  const porthole = new Porthole(app)
  const { window, terminal } = porthole
  const title = await window.title()
  const errors: string[] = []
  window.on('pageerror', (error) => errors.push(error.message))
  window.on('dialog', (dialog) => errors.push(dialog.message()))

  await porthole.signIn()
  await porthole.openShell('img storefront example-staging')
  await terminal.run("echo 'still a shell'", /\nstill a shell\n/)
  await expect(window.getByRole('tab', { name: /<img src=x/ })).toBeVisible()

  await porthole.openTaskPage('img storefront example-staging')
  await expect(window.getByRole('cell', { name: /<img src=x/ }).first()).toBeVisible()
  await porthole.openReplay('ana')
  await window.keyboard.press('End')
  await terminal.waitForText(/still a shell/)

  expect(await window.title()).toBe(title)
  expect(await window.locator('img[src="x"]').count()).toBe(0)
  // Nothing on the page may turn its direction or hold a control character.
  const text = (await window.locator('body').textContent()) ?? ''
  for (const character of ['\u001b', '\u0007', '\u202e']) expect(text).not.toContain(character)
  expect(errors).toEqual([])
})

/** The world of the demo, with the page's container in staging renamed. */
function withContainerNamed(name: string): WorldDescription {
  const world = describeWorld()
  return {
    ...world,
    accounts: world.accounts.map((account) =>
      account.name === 'example-staging'
        ? JSON.parse(
            JSON.stringify(account)
              .replaceAll('"name":"nginx"', `"name":${JSON.stringify(name)}`)
              .replaceAll('"container":"nginx"', `"container":${JSON.stringify(name)}`),
          )
        : account,
    ),
  }
}

import { expect, test } from '../launch/desktop.ts'

test('from the start to the first window, which shows our page and nothing else', async ({ desktop }) => {
  await expect(desktop.window.getByRole('button', { name: /^Sign in to/ })).toBeVisible()
  expect(await desktop.windowFacts()).toEqual([{ url: 'porthole-app://app/', visible: true, focused: true }])
  expect(desktop.messages()).not.toMatch(/failed|refused/i)
})

import { createHash } from 'node:crypto'
import { expect, test } from './launch/launch.ts'
import { prompt } from './pages/porthole.ts'

test.use({ startOptions: { args: ['--unpaced'] } })

test.beforeEach(async ({ porthole }) => {
  await porthole.signIn()
  await porthole.openShell('nginx storefront example-staging')
})

test('full-screen programs draw, take keys and follow the window size', async ({ porthole }) => {
  const { terminal, window } = porthole

  await terminal.run('vi /etc/hostname', /~\n~\n/)
  await terminal.type('ohello from vi')
  await terminal.press('Escape')
  await terminal.run(':wq', prompt)
  await terminal.run('cat /etc/hostname', /\nhello from vi\n/)

  await terminal.run('top', /PID USER/)
  const before = await terminal.text()
  await window.setViewportSize({ width: 1024, height: 700 })
  await expect
    .poll(async () => (await terminal.text()).split('\n').length)
    .toBeLessThan(before.split('\n').length + 1)
  await terminal.waitForText(/PID USER/)
  await terminal.type('q')
  await terminal.waitForText(prompt)
  await terminal.run('clear; stty size', /^\d+ \d+\n/)
  const [rows, columns] = (await terminal.text()).split('\n')[0]?.split(' ').map(Number) ?? []
  expect(rows).toBeLessThan(35)
  expect(columns).toBeLessThan(110)

  await terminal.run('seq 1 500 | less', /\n10\n/)
  await terminal.type('G')
  await terminal.waitForText(/\n500\n/)
  await terminal.type('q')
  await terminal.waitForText(prompt)
})

test('control keys reach the program: Ctrl-C stops a flood, Ctrl-S and Ctrl-Q arrive', async ({
  porthole,
}) => {
  const { terminal } = porthole
  await terminal.run('yes', /y\ny\ny\n/)
  await terminal.press('Control+c')
  await terminal.waitForText(prompt)

  await terminal.run('clear; stty -ixon; echo ready; cat -v', /^ready$/)
  await terminal.press('Control+s')
  await terminal.press('Control+q')
  await terminal.waitForText(/\^S\^Q/)
  // Only now: a signal key throws away what the terminal has not echoed yet.
  await terminal.press('Control+z')
  await terminal.waitForText(/Stopped/)
})

test('text of every script comes and goes whole, and a 200 kB paste arrives to the byte', async ({
  porthole,
}) => {
  const { terminal } = porthole
  await terminal.run("clear; printf '%s\\n' 'grüße 日本語 🚀 ñ' | tee /tmp/text", /^grüße 日本語 🚀 ñ\n/)
  await terminal.run('wc -c /tmp/text', /26 \/tmp\/text/)

  const line = 'the quick brown fox jumps over the lazy dog, ünicode included '
  const pasted = Array.from({ length: 3000 }, (_, index) => `${line}${index}\n`).join('')
  expect(Buffer.byteLength(pasted)).toBeGreaterThan(200_000)
  await terminal.run('clear; stty -echo; echo ready; cat > /tmp/pasted; stty echo', /^ready$/)
  await terminal.paste(pasted)
  await terminal.press('Control+d')
  await terminal.waitForText(prompt, 60_000)
  const digest = createHash('sha256').update(pasted).digest('hex')
  await terminal.run('clear; sha256sum < /tmp/pasted', new RegExp(digest))
})

test('50 MB of output are drawn and recorded, with nothing lost', async ({ porthole }) => {
  const { terminal, window } = porthole
  const lines = 500_000
  const bytesPerLine = 100
  // 99 characters and a line end, which the terminal turns into two bytes.
  await terminal.run(
    `clear; seq -f '%099.0f' ${lines} > /tmp/flood; wc -c /tmp/flood`,
    /50000000 \/tmp\/flood/,
  )
  await terminal.waitForText(prompt)
  const before = await terminal.drawnBytes()
  await terminal.run('cat /tmp/flood; echo flood-e""nd', /\nflood-end\n/, 110_000)
  const drawn = (await terminal.drawnBytes()) - before
  expect(drawn).toBeGreaterThanOrEqual(lines * (bytesPerLine + 1))
  expect(drawn).toBeLessThan(lines * (bytesPerLine + 1) + 1000)
  await expect(window.getByText('Recording', { exact: true })).toBeVisible()
})

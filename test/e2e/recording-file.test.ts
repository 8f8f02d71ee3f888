import path from 'node:path'
import { commandMarkerLabel } from '../../src/contract/command-marker.ts'
import { expect, test } from './launch/launch.ts'

const recordings = path.resolve(import.meta.dirname, '../fixtures/recordings')

/** As a recording of a session looks when it is exported: version 3 with its commands as markers. */
const exported = [
  '{"version":3,"term":{"cols":60,"rows":12,"type":"xterm-256color"},"title":"ana in nginx"}',
  '[0.1, "o", "# nginx -t\\r\\n"]',
  `[0.1, "m", ${JSON.stringify(commandMarkerLabel({ kind: 'begin', source: 'marks', text: 'nginx -t' }))}]`,
  '[0.1, "o", "test failed\\r\\n"]',
  `[0.1, "m", ${JSON.stringify(commandMarkerLabel({ kind: 'end', exitCode: 1, milliseconds: 200 }))}]`,
  '[0.1, "o", "# "',
].join('\n')

test("recordings of asciinema's are opened from files and played", async ({ porthole }, testInfo) => {
  const { window, terminal } = porthole
  await porthole.signIn()
  const shown = (name: string | RegExp) => window.getByText(name).filter({ visible: true })
  const openFile = async (file: string) => {
    const choosing = window.waitForEvent('filechooser')
    await porthole.runCommand('Open a recording file')
    await (await choosing).setFiles(file)
  }
  /** Pressed until heard: the keys of a replay are there a moment after it is drawn. */
  const goToEnd = (last: RegExp) =>
    expect(async () => {
      await window.keyboard.press('End')
      expect(await terminal.text()).toMatch(last)
    }).toPass()
  const drop = async (name: string, text: string) => {
    const dataTransfer = await window.evaluateHandle(
      ([fileName, content]) => {
        const dragged = new DataTransfer()
        dragged.items.add(new File([content], fileName))
        return dragged
      },
      [name, text] as const,
    )
    await window.locator('main').dispatchEvent('drop', { dataTransfer })
  }

  await test.step('version 2, as asciinema 2.2.0 wrote it, to its last screen', async () => {
    const title = await window.title()
    await window.evaluate(() => navigator.clipboard.writeText('mine'))
    await openFile(path.join(recordings, 'asciinema-v2.cast'))
    await expect(window.getByRole('heading', { name: 'asciinema-v2.cast' })).toBeVisible()
    await expect(shown('Unverified')).toBeVisible()
    await expect(shown(/^From outside, no part of the audit record/)).toBeVisible()
    await expect(shown('A rollback')).toBeVisible()
    await goToEnd(/rolled back to 41$/)
    expect(await terminal.text()).toBe(
      [
        '$ ./deploy --dry-run',
        'ready  3 of 3 containers, könig 日本',
        'a link',
        'step 1 of 3',
        'step 2 of 3',
        'step 3 of 3',
        'Password:',
        'failed',
        '$ rollback',
        'rolled back to 41',
      ].join('\n'),
    )
    // What it asked of the terminal came to nothing.
    expect(await window.title()).toBe(title)
    expect(await window.evaluate(() => navigator.clipboard.readText())).toBe('mine')
    await testInfo.attach('version 2', { body: await window.screenshot(), contentType: 'image/png' })
  })

  await test.step('version 3: markers, another size, a search, and played from the start', async () => {
    await openFile(path.join(recordings, 'by-hand-v3.cast'))
    await expect(window.getByRole('heading', { name: 'by-hand-v3.cast' })).toBeVisible()
    await goToEnd(/\$ exit$/)
    expect(await terminal.text()).toBe(
      ['$ make', 'built 12 files', '$ ship', 'shipped to Zürich 東京 🚀', '$ exit'].join('\n'),
    )
    await expect(shown('72 by 14')).toBeVisible()
    await window.keyboard.press('[')
    await terminal.waitForText(/\$ ship$/)
    await expect(
      window.getByRole('region', { name: 'Replay' }).getByText('ship', { exact: true }),
    ).toBeVisible()
    const search = window.getByRole('textbox', { name: 'Search in this recording' }).filter({ visible: true })
    await search.fill('zürich')
    await expect(shown('1 of 1')).toBeVisible()
    await terminal.waitForText(/🚀$/)
    await search.press('Escape')
    await window.keyboard.press('Home')
    await window.getByRole('radio', { name: '8×' }).filter({ visible: true }).click()
    await window.getByRole('button', { name: 'Play', exact: true }).click()
    await terminal.waitForText(/\$ exit$/)
  })

  await test.step('one of ours, dropped on the window, with its commands, and its torn end told', async () => {
    await drop('notes.txt', 'no recording')
    await expect(shown('Only recordings can be dropped here')).toBeVisible()
    await drop('ours.cast', exported)
    await expect(window.getByRole('region', { name: 'Commands' }).getByText('nginx -t')).toBeVisible()
    await expect(shown('1 line of this recording cannot be read')).toBeVisible()
    await testInfo.attach('ours', { body: await window.screenshot(), contentType: 'image/png' })
  })

  await test.step('what is none is refused and says what to do', async () => {
    await porthole.runCommand('Search the audit history')
    const choosing = window.waitForEvent('filechooser')
    await window
      .getByRole('region', { name: 'Recording files' })
      .getByRole('button', { name: 'Open…' })
      .click()
    await (await choosing).setFiles({
      name: 'old.json',
      mimeType: 'text/plain',
      buffer: Buffer.from('{"version": 1, "width": 80, "height": 24, "stdout": [[0.1, "a"]]}'),
    })
    await expect(shown(/asciicast version 1/)).toBeVisible()
    await expect(shown(/asciinema convert/)).toBeVisible()
  })

  await test.step('one that holds nothing says so', async () => {
    await drop('empty.cast', '{"version": 2, "width": 80, "height": 24}\n')
    await expect(shown('Nothing was recorded')).toBeVisible()
  })

  await test.step('after a reload the file is asked for again', async () => {
    await window.getByRole('tab', { name: /^asciinema-v2.cast/ }).click()
    await window.reload()
    const again = window.getByRole('button', { name: 'Open it again…' })
    await expect(shown('asciinema-v2.cast has to be opened again')).toBeVisible()
    await testInfo.attach('again', { body: await window.screenshot(), contentType: 'image/png' })
    const choosing = window.waitForEvent('filechooser')
    await again.click()
    await (await choosing).setFiles(path.join(recordings, 'asciinema-v2.cast'))
    await goToEnd(/rolled back to 41$/)
  })
})

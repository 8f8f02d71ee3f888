import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { Page } from '@playwright/test'
import { fromBuffer } from 'yauzl'
import { expect, test } from './launch/launch.ts'

const verifier = path.resolve(import.meta.dirname, '../../resources/audit-verifier.mjs')
const player = path.resolve(import.meta.dirname, '../../node_modules/asciinema-player/dist/bundle')

test('the record is checked, exported, verified by its own verifier, found out when changed, and played by asciinema', async ({
  porthole,
}, testInfo) => {
  const { window, terminal, dialog } = porthole
  await porthole.signIn()
  await porthole.openShell('nginx storefront example-prod')
  await terminal.run("echo exp''orted", /exported/)
  await terminal.run('exit', /exit/)
  await expect(window.getByText('The shell exited.')).toBeVisible()

  await test.step('the whole record is checked, and the result says what it is worth', async () => {
    await porthole.runCommand('Check the audit record')
    await expect(dialog.getByText('Record is intact')).toBeVisible()
    await expect(dialog.getByText(/^Checked at/)).toContainText('events')
    await expect(dialog).toContainText('Does not prove')
    await testInfo.attach('check', { body: await window.screenshot(), contentType: 'image/png' })
    await dialog.getByRole('button', { name: 'Close' }).click()
  })

  const folder = testInfo.outputPath('export')
  await test.step('exported as an archive that checks itself', async () => {
    await porthole.runCommand('Export audit history')
    await testInfo.attach('export', { body: await window.screenshot(), contentType: 'image/png' })
    const [download] = await Promise.all([
      window.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Check and export' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^porthole-audit-[\d-]+\.zip$/)
    await expect(dialog.getByText(/^Exported /)).toBeVisible()
    expect(verify(await download.path())).toMatchObject({ code: 0 })
    await unpack(readFileSync(await download.path()), folder)
    const { said, code } = verify(folder)
    expect(said).toContain('1 recordings are what was recorded')
    const fingerprint = await dialog.getByText(/^[0-9a-f]{64}$/).textContent()
    expect(said).toContain(String(fingerprint))
    expect(code).toBe(0)
    await dialog.getByRole('button', { name: 'Close' }).click()
  })

  const [name = ''] = readdirSync(path.join(folder, 'recordings'))
  const recording = path.join(folder, 'recordings', name)
  const text = readFileSync(recording, 'utf8')
  await test.step("from its task's page and its own; asciinema's own player plays both forms", async () => {
    await porthole.openTaskPage('nginx storefront example-prod')
    await window.getByRole('button', { name: 'Export…' }).click()
    await expect(dialog.getByText(/^One task:/)).toBeVisible()
    await testInfo.attach('task', { body: await window.screenshot(), contentType: 'image/png' })
    await dialog.getByRole('button', { name: 'Close' }).click()
    await porthole.openReplay('ana')
    await testInfo.attach('session', { body: await window.screenshot(), contentType: 'image/png' })
    await window.getByRole('button', { name: 'Export…' }).filter({ visible: true }).click()
    await expect(dialog.getByText(/^One session:/)).toBeVisible()
    await dialog.getByLabel('asciicast v2, for older players').check()
    const [download] = await Promise.all([
      window.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Check and export' }).click(),
    ])
    const other = testInfo.outputPath('with-v2')
    await unpack(readFileSync(await download.path()), other)
    expect(readFileSync(path.join(other, 'manifest.json'), 'utf8')).toContain('"kind": "session"')
    await dialog.getByRole('button', { name: 'Close' }).click()
    await window.getByRole('button', { name: 'Export…' }).filter({ visible: true }).click()
    await dialog.getByLabel('Recording as asciicast v2').check()
    await dialog.getByLabel(/^Redacted/).check()
    const [alone] = await Promise.all([
      window.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Export', exact: true }).click(),
    ])
    expect(alone.suggestedFilename()).toMatch(/^nginx-ana-[\d-]+-v2-redacted\.cast$/)
    await expect(dialog.getByText(/secrets taken out/)).toBeVisible()
    const page = await window.context().newPage()
    await playToEnd(page, text)
    await playToEnd(page, readFileSync(path.join(other, 'asciicast-v2', name), 'utf8'))
    await playToEnd(page, readFileSync(await alone.path(), 'utf8'))
    await page.close()
  })

  await test.step('one changed letter is found, and where', async () => {
    writeFileSync(recording, text.replace('exported', 'expected'))
    const { said, code } = verify(folder)
    expect(said).toContain(`recordings/${name} is not what is sealed in`)
    expect(code).toBe(1)
  })
})

function verify(folder: string): { said: string; code: number | null } {
  const { stdout, status } = spawnSync(process.execPath, [verifier, folder], { encoding: 'utf8' })
  return { said: stdout, code: status }
}

/** The last picture of the film has what the shell printed. */
async function playToEnd(page: Page, cast: string): Promise<void> {
  await page.goto('about:blank')
  await page.setContent('<div id="player"></div>')
  await page.addScriptTag({ path: path.join(player, 'asciinema-player.min.js') })
  await page.evaluate((data) => {
    const { AsciinemaPlayer } = globalThis as unknown as {
      AsciinemaPlayer: {
        create(
          source: object,
          element: Element | null,
          options: object,
        ): { seek(place: string): Promise<void> }
      }
    }
    const made = AsciinemaPlayer.create({ data }, document.querySelector('#player'), { preload: true })
    void made.seek('100%')
  }, cast)
  await expect(page.locator('#player')).toContainText('exported')
}

async function unpack(archive: Buffer, target: string): Promise<void> {
  await new Promise<void>((done, reject) => {
    fromBuffer(archive, { lazyEntries: true }, (failure, zip) => {
      if (failure) return reject(failure)
      zip.on('end', () => done())
      zip.on('entry', (entry) =>
        zip.openReadStream(entry, async (problem, stream) => {
          if (problem) return reject(problem)
          mkdirSync(path.dirname(path.join(target, entry.fileName)), { recursive: true })
          writeFileSync(path.join(target, entry.fileName), await buffer(stream))
          zip.readEntry()
        }),
      )
      zip.readEntry()
    })
  })
}

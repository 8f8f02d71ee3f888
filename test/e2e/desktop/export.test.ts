import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type DesktopApp, expect, test } from '../launch/desktop.ts'

const verifier = path.resolve(import.meta.dirname, '../../../resources/audit-verifier.mjs')

test('an export goes where the system dialog says, is verified there, and leaves nothing when it is stopped', async ({
  desktop,
  porthole,
}, testInfo) => {
  const { window, terminal, dialog } = porthole
  const folder = testInfo.outputPath('kept')
  mkdirSync(folder)
  await porthole.signIn()
  await porthole.openShell('nginx storefront example-prod')
  await terminal.run("echo exp''orted; exit", /exported/)
  await expect(window.getByText('The shell exited.')).toBeVisible()
  const openExport = () => porthole.runCommand('Export audit history')
  const start = () => dialog.getByRole('button', { name: 'Check and export…' }).click()

  await test.step('asked where to, and taken back', async () => {
    await openExport()
    await start()
    await desktop.answerSaveDialog('')
    await expect(dialog.getByRole('button', { name: 'Check and export…' })).toBeEnabled()
    const [asked] = await desktop.saveDialogs()
    expect(asked?.defaultPath).toMatch(/porthole-audit-[\d-]+\.zip$/)
    expect(asked?.properties).toContain('showOverwriteConfirmation')
    expect(readdirSync(folder)).toEqual([])
  })

  const target = path.join(folder, 'mine.zip')
  await test.step('written over the file that the dialog asked about, verified, shown, tampered with', async () => {
    writeFileSync(target, 'old')
    await desktop.answerSaveDialog(target)
    await start()
    await expect(dialog.getByText(/^Exported /)).toBeVisible()
    expect(readdirSync(folder)).toEqual(['mine.zip'])
    const fingerprint = await dialog.getByText(/^[0-9a-f]{64}$/).textContent()
    const sound = verify(target)
    expect(sound.said).toContain('1 recordings are what was recorded')
    expect(sound.said).toContain(String(fingerprint))
    expect(sound.code).toBe(0)
    await dialog.getByRole('button', { name: 'Show in folder' }).click()
    await expect.poll(() => desktop.opened()).toContain(`folder:${target}`)
    const bytes = readFileSync(target)
    const place = bytes.indexOf('events.jsonl') + 'events.jsonl'.length + 20
    bytes.writeUInt8(bytes.readUInt8(place) ^ 0x55, place)
    writeFileSync(target, bytes)
    expect(verify(target)).toMatchObject({ code: 1, said: expect.stringContaining('events.jsonl') })
    await dialog.getByRole('button', { name: 'Close' }).click()
  })

  test.skip(desktop.fake === undefined, 'only the fake tells which process to hold')
  await test.step('cancelled in the middle', async () => {
    const held = await holdHistory(desktop)
    await openExport()
    await desktop.answerSaveDialog(path.join(folder, 'cancelled.zip'))
    await start()
    await dialog.getByRole('button', { name: 'Cancel export' }).click()
    held.letGo()
    await expect(dialog.getByText('Nothing of the export is left.')).toBeVisible()
    expect(readdirSync(folder)).toEqual(['mine.zip'])
  })

  await test.step('in the background, until the window is closed, which asks', async () => {
    const held = await holdHistory(desktop)
    await desktop.answerSaveDialog(path.join(folder, 'closed.zip'))
    await start()
    await dialog.getByRole('button', { name: 'Continue in background' }).click()
    await expect(window.getByRole('button', { name: 'Exporting' })).toBeVisible()
    await desktop.closeWindow()
    await expect
      .poll(() => desktop.dialogs())
      .toMatchObject([
        {
          message: 'An export is being written.',
          detail: 'Closing the window cancels the export. Nothing of it is left.',
        },
      ])
    await desktop.answerDialog(0)
    held.letGo()
    expect(await desktop.exited, desktop.messages()).toBe(0)
    expect(readdirSync(folder)).toEqual(['mine.zip'])
  })
})

/** Stands the history's process still, so that an export is under way for as long as the test wants. */
async function holdHistory(desktop: DesktopApp): Promise<{ letGo(): void }> {
  const found = (await desktop.fake?.utilities())?.find(({ serviceName }) => /audit/.test(serviceName))
  const pid = found?.pid
  if (!pid) throw new Error('No process keeps the history')
  process.kill(pid, 'SIGSTOP')
  return { letGo: () => void process.kill(pid, 'SIGCONT') }
}

function verify(file: string): { said: string; code: number | null } {
  const { stdout, status } = spawnSync(process.execPath, [verifier, file], { encoding: 'utf8' })
  return { said: stdout, code: status }
}

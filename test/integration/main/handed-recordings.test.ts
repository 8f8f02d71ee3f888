import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageOrigin } from '../../../src/contract/ports.ts'
import { largestRecordingBytes } from '../../../src/contract/recording-file.ts'
import { arrivedLinkSchema } from '../../../src/contract/window.ts'
import { HandedRecordings } from '../../../src/main/handed-recordings.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthole-handed-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name)
  await writeFile(file, text)
  return file
}

describe('a recording that the system handed over', () => {
  it('is had once, under an address that says nothing of its path', async () => {
    const recordings = new HandedRecordings()
    const arrived = arrivedLinkSchema.parse(await recordings.hand(await write('demo.cast', '{"version":3}')))
    if (!('recording' in arrived)) throw new Error('not handed over')
    expect(arrived.recording.name).toBe('demo.cast')
    expect(arrived.recording.address).not.toContain('demo')
    expect(await (await recordings.take(arrived.recording.address))?.text()).toBe('{"version":3}')
    expect(await recordings.take(arrived.recording.address)).toBeUndefined()
  })

  it('is not had under any other address', async () => {
    const recordings = new HandedRecordings()
    const file = await write('other.cast', 'x')
    await recordings.hand(file)
    for (const address of [file, `/handed-recordings/${file}`, '/handed-recordings/', `${pageOrigin}${file}`])
      expect(await recordings.take(address)).toBeUndefined()
  })

  it('is refused when it is no file, or larger than a page may hold', async () => {
    const recordings = new HandedRecordings()
    const huge = await write('huge.cast', '')
    await truncate(huge, largestRecordingBytes + 1)
    for (const file of [folder, path.join(folder, 'missing.cast'), huge])
      expect(await recordings.hand(file)).toMatchObject({ refused: { code: 'FILE_REFUSED' } })
  })

  it('that is gone by the time it is asked for comes to nothing', async () => {
    const recordings = new HandedRecordings()
    const file = await write('short-lived.cast', 'x')
    const arrived = await recordings.hand(file)
    await rm(file)
    if (!('recording' in arrived)) throw new Error('not handed over')
    expect(await recordings.take(arrived.recording.address)).toBeUndefined()
  })
})

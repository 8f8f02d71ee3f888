import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultSettings, type Settings } from '../../../src/contract/host.ts'
import { createSettingsStore } from '../../../src/core/settings.ts'

let folder: string
let file: string
let logged: string[]
const open = () => createSettingsStore({ file, log: (message) => logged.push(message) })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthole-settings-'))
  file = join(folder, 'data', 'settings.json')
  logged = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('Settings', () => {
  test('are the defaults on first use, without a word in the log', () => {
    using store = open()
    expect(store.get()).toEqual(defaultSettings)
    expect(logged).toEqual([])
  })

  test('a change is told, kept on disk, and there next time', async () => {
    using store = open()
    const told: Settings[] = []
    store.onChanged((settings) => told.push(settings))
    const changed = await store.set({ theme: 'dark', region: undefined, roles: { '1': 'ReadOnly' } })
    expect(changed).toEqual({ ...defaultSettings, theme: 'dark', roles: { '1': 'ReadOnly' } })
    expect(told).toEqual([changed])
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(changed)
    using next = open()
    expect(next.get()).toEqual(changed)
  })

  test('changes made at once all count', async () => {
    using store = open()
    await Promise.all([
      store.set({ theme: 'dark' }),
      store.set({ scrollback: 100 }),
      store.set({ engine: 'plugin' }),
    ])
    expect(store.get()).toMatchObject({ theme: 'dark', scrollback: 100, engine: 'plugin' })
    expect(await readdir(join(folder, 'data'))).toEqual(['settings.json'])
  })

  test.each(['{"theme": "da', '"dark"', '[]', '{"theme": "purple"}', ''])(
    'a broken file (%s) is kept beside, said in the log, and the defaults are used',
    async (content) => {
      file = join(folder, 'settings.json')
      await writeFile(file, content)
      using store = open()
      expect(store.get()).toEqual(defaultSettings)
      expect(await readFile(`${file}.broken`, 'utf8')).toBe(content)
      expect(logged).toEqual([expect.stringContaining(`${file}.broken`)])
      await store.set({ theme: 'light' })
    },
  )

  test('settings of a newer or older version fill up with defaults', async () => {
    file = join(folder, 'settings.json')
    await writeFile(file, '{"theme":"light","somethingNew":1}')
    using store = open()
    expect(store.get()).toEqual({ ...defaultSettings, theme: 'light' })
  })

  test('what cannot be written is an error, and nothing has changed', async () => {
    file = join(folder, 'taken', 'settings.json')
    await writeFile(join(folder, 'taken'), 'a file where a folder should be')
    using store = open()
    await expect(store.set({ theme: 'dark' })).rejects.toMatchObject({
      value: { code: 'STORAGE_UNWRITABLE' },
    })
    expect(store.get()).toEqual(defaultSettings)
  })
})

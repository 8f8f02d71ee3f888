import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createConfigReader } from '../../../../src/core/aws/config-reader.ts'
import { updateAwsConfig } from '../../../../src/core/aws/update-config.ts'
import { systemClock } from '../../../../src/core/clock.ts'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthole-config-'))
  file = join(folder, '.aws', 'config')
  await mkdir(join(folder, '.aws'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const good = '[default]\nregion = eu-west-1\n'
const addDev = () => [{ kind: 'profile', name: 'dev', set: { region: 'us-east-1' } }] as const

describe('Config reader', () => {
  test('a file that breaks while it is in use keeps what it said, and says what is wrong', async () => {
    await writeFile(file, good)
    const reader = createConfigReader(file, systemClock)
    await reader.read()
    await writeFile(file, '[default]\nregion = eu-west-2\n[profile x\n')
    const { config, problem } = await reader.read()
    expect(config.section('profile', 'default')?.values.get('region')).toBe('eu-west-1')
    expect(problem).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/^Line 3 of /) })
    expect((await reader.config()).sections).toHaveLength(1)
    await writeFile(file, '[default]\nregion = eu-west-3\n')
    expect(await reader.read()).not.toHaveProperty('problem')
    expect((await reader.config()).section('profile', 'default')?.values.get('region')).toBe('eu-west-3')
  })

  test('a file that is emptied to be written anew is waited for, one that stays empty is empty', async () => {
    await writeFile(file, good)
    const reader = createConfigReader(file, systemClock)
    await reader.read()
    await writeFile(file, '')
    const reading = reader.read()
    await writeFile(file, '[default]\nregion = eu-west-2\n')
    expect((await reading).config.section('profile', 'default')?.values.get('region')).toBe('eu-west-2')
    await writeFile(file, '')
    expect((await reader.read()).config.sections).toEqual([])
  })

  test('a file that never was good is empty with a problem, and no call is made on its word', async () => {
    await writeFile(file, 'nonsense')
    const reader = createConfigReader(file, systemClock)
    expect((await reader.read()).config.sections).toEqual([])
    await expect(reader.config()).rejects.toMatchObject({ value: { code: 'CONFIG_INVALID' } })
  })

  test('a pipe and a huge file are refused instead of waited for', async () => {
    execFileSync('mkfifo', [file])
    expect((await createConfigReader(file, systemClock).read()).problem).toMatchObject({
      code: 'CONFIG_INVALID',
    })
    await rm(file)
    await writeFile(file, Buffer.alloc(2 * 1024 * 1024, '#'))
    expect((await createConfigReader(file, systemClock).read()).problem).toMatchObject({
      detail: expect.stringContaining('larger'),
    })
  })
})

describe('Updating the config', () => {
  test('makes it, readable by nobody else', async () => {
    await updateAwsConfig(file, systemClock, addDev)
    expect(await readFile(file, 'utf8')).toBe('[profile dev]\nregion = us-east-1\n')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test('a link stays a link', async () => {
    const target = join(folder, 'dotfiles')
    await writeFile(target, good)
    await symlink(target, file)
    await updateAwsConfig(file, systemClock, addDev)
    expect(await readlink(file)).toBe(target)
    expect(await readFile(target, 'utf8')).toContain('[profile dev]')
  })

  test('a broken, a read-only and an unwritable file stay as they are, with a reason', async () => {
    await writeFile(file, '[default\n')
    await expect(updateAwsConfig(file, systemClock, addDev)).rejects.toMatchObject({
      value: { code: 'CONFIG_INVALID', message: expect.stringContaining('Line 1') },
    })
    expect(await readFile(file, 'utf8')).toBe('[default\n')
    await writeFile(file, good)
    await chmod(file, 0o400)
    await expect(updateAwsConfig(file, systemClock, addDev)).rejects.toMatchObject({
      value: { code: 'STORAGE_UNWRITABLE', detail: 'The file is read-only.' },
    })
    expect(await readFile(file, 'utf8')).toBe(good)
    const nowhere = join(file, 'config')
    await expect(updateAwsConfig(nowhere, systemClock, addDev)).rejects.toMatchObject({
      value: { code: 'STORAGE_UNWRITABLE' },
    })
  })

  test('two at once lose nothing', async () => {
    await writeFile(file, good)
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`)
    await Promise.all(
      names.map((name) =>
        updateAwsConfig(file, systemClock, () => [{ kind: 'profile', name, set: { region: 'x' } }]),
      ),
    )
    const text = await readFile(file, 'utf8')
    for (const name of names) expect(text).toContain(`[profile ${name}]`)
    expect(text.startsWith(good)).toBe(true)
  })
})

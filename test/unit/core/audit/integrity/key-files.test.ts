import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  FileCheckpointKeeper,
  publicKeyText,
} from '../../../../../src/core/audit/integrity/checkpoint-keeper.ts'
import { KeyFiles, type KeyProtection } from '../../../../../src/core/audit/integrity/key-files.ts'
import { temporaryFolder } from '../audit-fixtures.ts'

const wrappingKey = Buffer.alloc(32, 7).toString('base64')
const keychain: KeyProtection = { store: 'keychain', wrappingKey }
const otherKeychain: KeyProtection = {
  store: 'keychain',
  wrappingKey: Buffer.alloc(32, 8).toString('base64'),
}
const locked: KeyProtection = { store: 'locked', message: 'The keychain is locked.', action: 'Unlock it.' }
const checkpoint = {
  installId: 'f1fd2b3c-6d0f-4c43-9c0f-0d3a4f6f2a11',
  number: 1,
  seq: 3,
  hash: 'ab'.repeat(32),
  at: 1_790_000_000_000,
  signature: 'c2ln',
}
const names = ['signing-key.pem', 'master-key', 'latest-checkpoint.json']

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder[Symbol.dispose]())

const keeperWith = (protection?: KeyProtection) =>
  new FileCheckpointKeeper(new KeyFiles(folder.path, protection))
const stored = (name: string) => readFileSync(join(folder.path, name), 'utf8')
const secretsOf = (keeper: FileCheckpointKeeper) => ({
  publicKey: publicKeyText(keeper.signingKey()),
  masterKey: Buffer.from(keeper.masterKey()).toString('hex'),
  latest: keeper.latest(),
})

describe('keys and checkpoint in the keychain', () => {
  it('lie sealed, for their owner alone, and open with the same key', () => {
    const keeper = keeperWith(keychain)
    keeper.keep(checkpoint)
    const made = secretsOf(keeper)
    expect(made.latest).toEqual(checkpoint)
    expect(readdirSync(folder.path).sort()).toEqual([...names].sort())
    for (const name of names) {
      expect(stored(name)).toMatch(/^porthole-sealed 1\n[\w+/=]+\n$/)
      expect(statSync(join(folder.path, name)).mode & 0o077).toBe(0)
    }
    expect(secretsOf(keeperWith(keychain))).toEqual(made)
    expect(keeperWith(keychain).store).toBe('keychain')
  })

  it('become sealed when they were files, and files again when that is asked for, file by file', () => {
    const plain = keeperWith()
    plain.keep(checkpoint)
    const made = secretsOf(plain)
    // As after a crash in the middle: one is sealed, two are not.
    keeperWith(keychain).masterKey()
    expect(names.filter((name) => stored(name).startsWith('porthole-sealed'))).toEqual(['master-key'])
    expect(secretsOf(keeperWith(keychain))).toEqual(made)
    expect(names.every((name) => stored(name).startsWith('porthole-sealed'))).toBe(true)
    expect(secretsOf(keeperWith({ store: 'file', wrappingKey }))).toEqual(made)
    expect(names.some((name) => stored(name).startsWith('porthole-sealed'))).toBe(false)
    expect(secretsOf(keeperWith())).toEqual(made)
  })

  it.each([
    ['without a keychain', undefined, /only the desktop app can ask/],
    ['with a locked keychain', locked, /is locked/],
    ['with another keychain', otherKeychain, /does not open with the key/],
  ] as const)('are refused %s, and nothing is put in their place', (_case, protection, message) => {
    keeperWith(keychain).keep(checkpoint)
    secretsOf(keeperWith(keychain))
    const before = names.map(stored)
    const refusal = expect.objectContaining({
      value: expect.objectContaining({
        code: 'AUDIT_UNAVAILABLE',
        message: expect.stringMatching(message),
      }),
    })
    expect(() => keeperWith(protection).signingKey()).toThrow(refusal)
    expect(() => keeperWith(protection).masterKey()).toThrow(refusal)
    expect(names.map(stored)).toEqual(before)
  })

  it('are not made while the keychain is locked', () => {
    expect(() => keeperWith(locked).signingKey()).toThrow(/is locked/)
    expect(() => keeperWith(locked).keep(checkpoint)).toThrow(/is locked/)
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('do not open when a byte was changed, cut or added, or when two changed places', () => {
    const text = 'a secret of some length, é included'
    const files = new KeyFiles(folder.path, keychain)
    files.write('master-key', text)
    const sealed = stored('master-key')
    const content = Buffer.from(sealed.split('\n')[1] ?? '', 'base64')
    const opens = (bytes: Uint8Array) => {
      writeFileSync(
        join(folder.path, 'master-key'),
        `porthole-sealed 1\n${Buffer.from(bytes).toString('base64')}\n`,
      )
      try {
        return files.read('master-key') === text
      } catch (thrown) {
        expect(thrown).toMatchObject({ value: { code: 'AUDIT_UNAVAILABLE' } })
        return false
      }
    }
    expect(opens(content)).toBe(true)
    fc.assert(
      fc.property(fc.nat(content.length - 1), fc.integer({ min: 1, max: 255 }), (place, flip) => {
        const changed = Buffer.from(content)
        changed[place] = (changed[place] ?? 0) ^ flip
        return (
          !opens(changed) && !opens(content.subarray(0, place)) && !opens(Buffer.concat([content, changed]))
        )
      }),
      { numRuns: 50 },
    )
    writeFileSync(join(folder.path, 'signing-key.pem'), sealed)
    expect(() => files.read('signing-key.pem')).toThrow(/does not open/)
  })

  it('tell a changed checkpoint from a locked keychain', () => {
    keeperWith(keychain).keep(checkpoint)
    writeFileSync(join(folder.path, 'latest-checkpoint.json'), stored('latest-checkpoint.json').slice(0, -9))
    expect(keeperWith(keychain).latest()).toBe('unreadable')
    expect(() => keeperWith(locked).latest()).toThrow(/is locked/)
  })
})

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  awsKeyFingerprint,
  verifyOpenPgpSignature,
} from '../../../../../src/core/plugin/install/openpgp-signature.ts'
import {
  createSigningKey,
  type SigningKey,
} from '../../../../../src/sandbox/services/plugin-site/signing-key.ts'

const bytes = Buffer.from('a package')
let own: SigningKey
let other: SigningKey
beforeAll(async () => {
  own = await createSigningKey()
  other = await createSigningKey()
})

const verify = (signature: Uint8Array, armored: string, fingerprint?: string, signed: Uint8Array = bytes) =>
  verifyOpenPgpSignature({ bytes: signed, signature, key: { armored, fingerprint } })
const refusal = (detail: RegExp) =>
  expect.objectContaining({
    value: expect.objectContaining({ code: 'PLUGIN_REFUSED', detail: expect.stringMatching(detail) }),
  })

describe('a detached signature', () => {
  test('of the trusted key passes, binary and armored', async () => {
    const signature = await own.sign(bytes)
    await verify(signature, own.publicKey)
    const { armor, enums } = await import('openpgp')
    await verify(Buffer.from(armor(enums.armor.signature, signature)), own.publicKey)
  })

  test('of other bytes is refused', async () => {
    await expect(verify(await own.sign(Buffer.from('a packagf')), own.publicKey)).rejects.toEqual(
      refusal(/./),
    )
  })

  test('of another key is refused', async () => {
    await expect(verify(await other.sign(bytes), own.publicKey)).rejects.toEqual(refusal(/./))
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a web page', Buffer.from('<html>captive portal</html>')],
    ['an armored nothing', Buffer.from('-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n')],
  ])('that is %s is refused', async (_, signature) => {
    await expect(verify(signature, own.publicKey)).rejects.toEqual(refusal(/./))
  })

  test('is refused when the key is not the pinned one, however good it is', async () => {
    const signature = await own.sign(bytes)
    await expect(verify(signature, own.publicKey, awsKeyFingerprint)).rejects.toEqual(
      refusal(/instead of 7959637124ce093ad501d47a2c4d4aff6f6757ee/),
    )
  })
})

test('the key that ships with Porthole is the pinned one of AWS', async () => {
  const { readKey } = await import('openpgp')
  const file = path.resolve(import.meta.dirname, '../../../../../resources/session-manager-plugin-key.asc')
  const key = await readKey({ armoredKey: await readFile(file, 'utf8') })
  expect(key.getFingerprint()).toBe(awsKeyFingerprint)
  expect(key.getUserIDs().join()).toContain('session-manager-plugin-signer@amazon.com')
  await key.verifyPrimaryKey()
  expect(key.isPrivate()).toBe(false)
})

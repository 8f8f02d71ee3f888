import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awsKeyFingerprint } from '../../../../src/core/plugin/install/openpgp-signature.ts'
import { pluginReleaseFor, releaseUrl } from '../../../../src/core/plugin/plugin-release.ts'
import { pluginSite } from '../../../../src/core/plugin/plugin-site.ts'

let folder: string
let awsKey: string
let ownKey: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthole-keys-'))
  awsKey = path.join(folder, 'aws.asc')
  ownKey = path.join(folder, 'own.asc')
  await writeFile(awsKey, 'the key of AWS')
  await writeFile(ownKey, 'a key of our own')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const code = (code: string) => expect.objectContaining({ value: expect.objectContaining({ code }) })

describe('where the plugin comes from', () => {
  test('AWS, with the pinned key', async () => {
    const site = pluginSite({}, awsKey)
    expect(site.url.href).toBe('https://s3.amazonaws.com/session-manager-downloads/plugin/')
    expect(await site.key()).toEqual({ armored: 'the key of AWS', fingerprint: awsKeyFingerprint })
  })

  test('a mirror, whose files must still be signed by AWS', async () => {
    const site = pluginSite({ PORTHOLE_PLUGIN_SITE: 'https://mirror.example/aws/plugin' }, awsKey)
    expect(releaseUrl(site.url, '1.2.896.0', 'x.deb').href).toBe(
      'https://mirror.example/aws/plugin/1.2.896.0/x.deb',
    )
    expect((await site.key()).fingerprint).toBe(awsKeyFingerprint)
  })

  test('this computer, where a key of somebody’s own counts', async () => {
    const environment = { PORTHOLE_PLUGIN_SITE: 'http://127.0.0.1:1234/p/', PORTHOLE_PLUGIN_KEY_FILE: ownKey }
    expect(await pluginSite(environment, awsKey).key()).toEqual({
      armored: 'a key of our own',
      fingerprint: undefined,
    })
  })

  test.each(['https://mirror.example/', 'https://127.0.0.1.example/', '', undefined])(
    'a key of somebody’s own is refused with the site %j',
    (site) => {
      const environment = { PORTHOLE_PLUGIN_SITE: site, PORTHOLE_PLUGIN_KEY_FILE: ownKey }
      expect(() => pluginSite(environment, awsKey)).toThrow(code('ENDPOINT_REFUSED'))
    },
  )

  test.each(['http://mirror.example/', 'ftp://127.0.0.1/', 'file:///tmp/'])('%s is refused', (site) => {
    expect(() => pluginSite({ PORTHOLE_PLUGIN_SITE: site }, awsKey)).toThrow(code('ENDPOINT_REFUSED'))
  })

  test('a key that is not there is a reason to refuse', async () => {
    await expect(pluginSite({}, path.join(folder, 'none.asc')).key()).rejects.toEqual(code('PLUGIN_REFUSED'))
  })
})

test.each([
  ['linux', 'x64', 'ubuntu_64bit/session-manager-plugin.deb'],
  ['linux', 'arm64', 'ubuntu_arm64/session-manager-plugin.deb'],
  ['darwin', 'x64', 'mac/session-manager-plugin.pkg'],
  ['darwin', 'arm64', 'mac_arm64/session-manager-plugin.pkg'],
  ['win32', 'x64', 'windows/SessionManagerPlugin.zip'],
  ['win32', 'arm64', 'windows/SessionManagerPlugin.zip'],
  ['linux', 'ia32', undefined],
  ['freebsd', 'x64', undefined],
] as const)('AWS’s file for %s on %s is %s', (platform, architecture, file) => {
  expect(pluginReleaseFor(platform, architecture)?.file).toBe(file)
})

import { describe, expect, test } from 'vitest'
import { pluginFolders } from '../../../../src/core/plugin/find-plugin.ts'

describe('pluginFolders', () => {
  test('our own folder, then PATH, then the usual places, each once', () => {
    expect(
      pluginFolders({
        environment: { PATH: '/opt/tools:/usr/bin::relative/bin:/opt/tools' },
        platform: 'darwin',
        ownFolder: '/home/ada/.porthole/plugin',
      }),
    ).toEqual([
      '/home/ada/.porthole/plugin',
      '/opt/tools',
      '/usr/bin',
      '/usr/local/sessionmanagerplugin/bin',
      '/usr/local/bin',
      '/opt/homebrew/bin',
    ])
  })

  test('without a PATH only the usual places', () => {
    expect(pluginFolders({ environment: {}, platform: 'linux' })[0]).toBe(
      '/usr/local/sessionmanagerplugin/bin',
    )
  })
})

import { describe, expect, test } from 'vitest'
import { pluginFolders, pluginNames } from '../../../../src/core/plugin/plugin-folders.ts'

const folders = (...options: Parameters<typeof pluginFolders>) =>
  pluginFolders(...options).map(({ folder }) => folder)

describe('pluginFolders', () => {
  test('our own folder, then PATH, then the usual places, each once', () => {
    const found = pluginFolders({
      environment: { PATH: '/opt/tools:/usr/bin::relative/bin:/opt/tools', HOME: '/Users/ada' },
      platform: 'darwin',
      own: '/Users/ada/Library/Application Support/Porthole/plugin/versions/1.2.896.0',
    })
    expect(found.map(({ folder, place }) => `${place} ${folder}`)).toEqual([
      'own /Users/ada/Library/Application Support/Porthole/plugin/versions/1.2.896.0',
      'path /opt/tools',
      'path /usr/bin',
      'usual /usr/local/sessionmanagerplugin/bin',
      'usual /usr/local/bin',
      'usual /opt/homebrew/bin',
      'usual /opt/local/bin',
      'usual /Users/ada/.local/bin',
      'usual /Users/ada/bin',
      'usual /Users/ada/.nix-profile/bin',
    ])
  })

  test('without a PATH only the usual places', () => {
    expect(folders({ environment: {}, platform: 'linux' })[0]).toBe('/usr/local/sessionmanagerplugin/bin')
  })

  test('of Windows, with its own separators', () => {
    const environment = { Path: 'C:\\Tools;relative;D:\\bin', USERPROFILE: 'C:\\Users\\ada' }
    expect(folders({ environment, platform: 'win32' })).toEqual([
      'C:\\Tools',
      'D:\\bin',
      'C:\\Program Files\\Amazon\\SessionManagerPlugin\\bin',
      'C:\\ProgramData\\chocolatey\\bin',
      'C:\\Users\\ada\\scoop\\shims',
    ])
  })
})

test('inside WSL the programs of Windows are on PATH too', () => {
  expect(pluginNames({ WSL_DISTRO_NAME: 'Ubuntu' }, 'linux')).toContain('session-manager-plugin.exe')
  expect(pluginNames({}, 'linux')).toEqual(['session-manager-plugin'])
  expect(pluginNames({}, 'win32')).toEqual(['session-manager-plugin.exe'])
})

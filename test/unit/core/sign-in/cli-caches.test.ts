import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseAwsConfig } from '../../../../src/core/aws/config-file.ts'
import { loginFileName } from '../../../../src/core/profiles/console-login.ts'
import {
  findTokens,
  removeAllRoleCredentials,
  removeRoleCredentialsOf,
  roleCredentialsFileName,
} from '../../../../src/core/sign-in/cli-caches.ts'
import { registrationFileName } from '../../../fixtures/cli-files.ts'

const session = { name: 'my-sso', startUrl: 'https://my-sso-portal.awsapps.com/start' }
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthole-cli-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const put = (name: string, content: unknown) =>
  writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))

describe('The CLI’s caches', () => {
  test('have the CLI’s file names', () => {
    expect(roleCredentialsFileName({ accountId: '111122223333', roleName: 'ReadOnly', session })).toBe(
      '0521d1f6a6c4e68f9e18540309367cc3cccb6305.json',
    )
    expect(
      registrationFileName({
        region: 'us-east-1',
        scopes: ['sso:account:access'],
        session: session.name,
        startUrl: session.startUrl,
      }),
    ).toBe('c5cfae6e3e4f067423a532368c8b514b6a4b0ace.json')
    expect(loginFileName('arn:aws:iam::111122223333:user/ana')).toMatch(/^[0-9a-f]{64}\.json$/)
  })

  test('tokens are found among everything else that lies there', async () => {
    await put('token.json', { accessToken: 'a', region: 'us-east-1', startUrl: 'u' })
    await put('no-region.json', { accessToken: 'b' })
    await put('registration.json', { clientId: 'c', clientSecret: 's', expiresAt: 'x' })
    await put('torn.json', '{"accessToken": "c')
    await put('hostile.json', { accessToken: 1 })
    await put('list.json', '[]')
    await put('token.txt', { accessToken: 'd' })
    await mkdir(join(folder, 'folder.json'))
    const tokens = await findTokens(folder)
    expect(tokens.map(({ accessToken, region }) => [accessToken, region]).sort()).toEqual([
      ['a', 'us-east-1'],
      ['b', undefined],
    ])
    expect(await findTokens(join(folder, 'none'))).toEqual([])
  })

  test('of role credentials only those of Identity Center are deleted', async () => {
    await put('sso.json', { ProviderType: 'sso', Credentials: {} })
    await put('role.json', { Credentials: {}, AssumedRoleUser: {} })
    await put('torn.json', '{')
    await removeAllRoleCredentials(folder)
    expect((await readdir(folder)).sort()).toEqual(['role.json', 'torn.json'])
  })

  test('of one session those that its profiles name', async () => {
    const config = parseAwsConfig(
      `[profile a]\nsso_session = my-sso\nsso_account_id = 111122223333\nsso_role_name = ReadOnly
[profile b]\nsso_session = other\nsso_account_id = 111122223333\nsso_role_name = Admin
[profile c]\nsso_session = my-sso\n`,
      'config',
    )
    const other = { ...session, name: 'other' }
    const own = roleCredentialsFileName({ accountId: '111122223333', roleName: 'ReadOnly', session })
    const kept = roleCredentialsFileName({ accountId: '111122223333', roleName: 'Admin', session: other })
    for (const name of [own, kept]) await put(name, { ProviderType: 'sso' })
    await removeRoleCredentialsOf({ ...session, region: 'us-east-1', scopes: [] }, config, folder)
    expect(await readdir(folder)).toEqual([kept])
  })
})

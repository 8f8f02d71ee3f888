import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Access, AccessRoles } from '../../../../src/contract/access.ts'
import { PortholeError } from '../../../../src/contract/errors.ts'
import type { Account, Identity } from '../../../../src/contract/identity.ts'
import { createAccessFiles } from '../../../../src/core/accounts/access-file.ts'
import {
  type AccountDirectory,
  createAccountDirectory,
} from '../../../../src/core/accounts/account-directory.ts'
import { createHandClock, type HandClock } from '../../../fixtures/hand-clock.ts'

const identityId = 'sso:corp with / in its name'
const minute = 60_000

let folder: string
let clock: HandClock
let asked: string[]
let logged: string[]
let accounts: () => Promise<Account[]>
let roles: (accountId: string) => Promise<string[]>
const opened: AccountDirectory[] = []

function account(accountId: string): Account {
  return { identityId, accountId, name: `account ${accountId}`, environment: 'other' }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthole-accounts-'))
  clock = createHandClock()
  asked = []
  logged = []
  accounts = async () => ['1', '2', '3'].map(account)
  roles = async (id) => [`Role of ${id}`]
})
afterEach(async () => {
  for (const directory of opened.splice(0)) await directory[Symbol.asyncDispose]()
  await chmod(folder, 0o700)
  await rm(folder, { recursive: true })
})

function open() {
  const told: { access: Access[]; roles: AccessRoles[] } = { access: [], roles: [] }
  const directory = createAccountDirectory({
    source: {
      accounts(id) {
        asked.push(id)
        return accounts()
      },
      roles(_id, accountId) {
        asked.push(accountId)
        return roles(accountId)
      },
    },
    files: createAccessFiles(folder),
    clock,
    log: (message) => logged.push(message),
  })
  directory.onAccess((access) => told.access.push(access))
  directory.onRoles((news) => told.roles.push(news))
  opened.push(directory)
  return { directory, told }
}

/** The list has been read: the next thing that is told. */
function nextAccess(directory: AccountDirectory): Promise<Access> {
  return new Promise((resolve) => {
    const listening = directory.onAccess((access) => {
      listening[Symbol.dispose]()
      resolve(access)
    })
  })
}

/** Reads until nothing is left, moving the clock for the news. */
async function rolesOf(directory: AccountDirectory): Promise<AccessRoles['roles']> {
  const all: AccessRoles['roles'] = {}
  for (;;) {
    const news = await new Promise<AccessRoles>((resolve) => {
      const listening = directory.onRoles((told) => {
        listening[Symbol.dispose]()
        resolve(told)
      })
      setImmediate(() => clock.advance(300))
    })
    Object.assign(all, news.roles)
    if (news.reading === undefined) return all
  }
}

const identity = (state: Identity['state']): Identity => ({
  id: identityId,
  kind: 'identity-center',
  name: 'corp',
  startUrl: 'https://corp.awsapps.com/start',
  ssoRegion: 'eu-west-1',
  state,
})

describe('The account directory', () => {
  test('answers at once, reads in the background and tells', async () => {
    const { directory } = open()
    const told = nextAccess(directory)
    expect(await directory.get(identityId)).toMatchObject({ accounts: [], listing: true })
    expect(await told).toMatchObject({
      accounts: [{ accountId: '1' }, { accountId: '2' }, { accountId: '3' }],
      listing: false,
      readAt: clock.now(),
      roles: {},
    })
    expect(asked).toEqual([identityId])
  })

  test('reads roles only when asked to, those that somebody waits for first', async () => {
    accounts = async () => Array.from({ length: 12 }, (_, index) => account(String(index + 1)))
    const { directory } = open()
    const told = nextAccess(directory)
    await directory.get(identityId)
    await told
    const gates = new Map<string, () => void>()
    roles = (id) => new Promise((resolve) => gates.set(id, () => resolve([id])))
    await directory.readRoles(identityId)
    await directory.readRoles(identityId, ['11'])
    expect(asked.slice(1)).toEqual(['1', '2', '3', '4'])
    gates.get('1')?.()
    await Promise.resolve()
    await new Promise(setImmediate)
    expect(asked.slice(5)).toEqual(['11'])
    roles = async (id) => [id]
    for (const open of gates.values()) open()
    expect(Object.keys(await rolesOf(directory))).toHaveLength(12)
  })

  test('progress counts what is done and ends', async () => {
    const { directory, told } = open()
    const listed = nextAccess(directory)
    await directory.get(identityId)
    await listed
    await directory.readRoles(identityId)
    expect(await rolesOf(directory)).toEqual({ '1': ['Role of 1'], '2': ['Role of 2'], '3': ['Role of 3'] })
    expect(told.roles.at(-1)?.reading).toBeUndefined()
    expect(await directory.get(identityId)).toMatchObject({ roles: { '2': ['Role of 2'] } })
    asked = []
    await directory.readRoles(identityId)
    expect(asked).toEqual([])
  })

  test('what is kept is there next time with its age, for nobody else to read, and is read anew when old', async () => {
    const first = open()
    const listed = nextAccess(first.directory)
    await first.directory.get(identityId)
    const { readAt } = await listed
    await first.directory.readRoles(identityId, ['2'])
    await rolesOf(first.directory)
    await first.directory[Symbol.asyncDispose]()
    const [file = ''] = await readdir(folder)
    expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600)

    clock.advance(9 * minute)
    asked = []
    const second = open()
    expect(await second.directory.get(identityId)).toMatchObject({
      readAt,
      listing: false,
      accounts: [{ accountId: '1' }, { accountId: '2' }, { accountId: '3' }],
      roles: { '2': ['Role of 2'] },
    })
    expect(asked).toEqual([])
    clock.advance(2 * minute)
    expect(await second.directory.get(identityId)).toMatchObject({ listing: true, readAt })
    expect(asked).toEqual([identityId])
  })

  test.each(['', '{"version":1', '[]', '{"version":9}', 'null', '{"version":1,"identityId":"sso:other"}'])(
    'a kept file that says %j counts for nothing',
    async (content) => {
      const first = open()
      const listed = nextAccess(first.directory)
      await first.directory.get(identityId)
      await listed
      await first.directory[Symbol.asyncDispose]()
      const [file = ''] = await readdir(folder)
      await writeFile(join(folder, file), content)
      const { directory } = open()
      const again = nextAccess(directory)
      expect(await directory.get(identityId)).toMatchObject({ accounts: [], listing: true })
      expect((await again).accounts).toHaveLength(3)
    },
  )

  test('a list that cannot be kept is shown all the same', async () => {
    await chmod(folder, 0o500)
    if (process.getuid?.() === 0) await rm(folder, { recursive: true }).then(() => writeFile(folder, ''))
    const { directory } = open()
    const listed = nextAccess(directory)
    await directory.get(identityId)
    expect((await listed).accounts).toHaveLength(3)
    await directory[Symbol.asyncDispose]()
    expect(logged.join()).toContain('not kept')
  })

  test('a failure is told with the last list, and the next reading clears it', async () => {
    const { directory } = open()
    const listed = nextAccess(directory)
    await directory.get(identityId)
    await listed
    accounts = () => Promise.reject(new PortholeError({ code: 'NETWORK', message: 'away', retryable: true }))
    await directory.refresh(identityId)
    expect(await directory.get(identityId)).toMatchObject({
      problem: { code: 'NETWORK' },
      accounts: [{}, {}, {}],
    })
    accounts = async () => [account('1')]
    await directory.refresh(identityId)
    const now = await directory.get(identityId)
    expect([now.problem, now.accounts.length]).toEqual([undefined, 1])
  })

  test('an account whose roles are refused does not hold up the others; an ended sign-in does', async () => {
    accounts = async () => Array.from({ length: 20 }, (_, index) => account(String(index)))
    roles = async (id) => {
      if (id === '1') throw new PortholeError({ code: 'ACCESS_DENIED', message: 'no' })
      if (id === '7') throw new PortholeError({ code: 'SSO_EXPIRED', message: 'over' })
      return [id]
    }
    const { directory } = open()
    const listed = nextAccess(directory)
    await directory.get(identityId)
    await listed
    await directory.readRoles(identityId)
    const read = await rolesOf(directory)
    expect(read).toMatchObject({ '0': ['0'], '2': ['2'] })
    const { roleProblems } = await directory.get(identityId)
    expect(roleProblems).toMatchObject({ '1': { code: 'ACCESS_DENIED' }, '7': { code: 'SSO_EXPIRED' } })
    // Those under way beside it were finished; nothing new was begun.
    expect(asked).not.toContain('19')
  })

  test('who signs out leaves nothing behind, and who signs in is asked for anew', async () => {
    const { directory } = open()
    const listed = nextAccess(directory)
    await directory.get(identityId)
    await listed
    await directory[Symbol.asyncDispose]()
    expect(await readdir(folder)).toHaveLength(1)

    const second = open()
    second.directory.identitiesChanged([identity('signed-out')])
    expect(await second.directory.get(identityId)).toMatchObject({ accounts: [], listing: true })
    await nextAccess(second.directory)
    accounts = async () => [account('of somebody else')]
    const changed = nextAccess(second.directory)
    second.directory.identitiesChanged([identity('signed-in')])
    await changed
    expect((await nextAccess(second.directory)).accounts).toEqual([account('of somebody else')])
  })

  test('an answer that comes after the sign-out is nobody’s', async () => {
    const { directory } = open()
    let answer = (_accounts: Account[]) => {}
    accounts = () => new Promise((resolve) => (answer = resolve))
    await directory.get(identityId)
    const ended = nextAccess(directory)
    directory.identitiesChanged([identity('signed-out')])
    answer([account('1')])
    expect((await ended).accounts).toEqual([])
    expect(await readdir(folder)).toEqual([])
  })

  test('a file is written while a long reading goes on', async () => {
    const { directory } = open()
    const listed = nextAccess(directory)
    await directory.get(identityId)
    await listed
    clock.advance(6_000)
    let file: string | undefined
    while (file === undefined) {
      await new Promise(setImmediate)
      file = (await readdir(folder)).find((name) => name.endsWith('.json'))
    }
    expect(JSON.parse(await readFile(join(folder, file), 'utf8'))).toMatchObject({ version: 1 })
  })
})

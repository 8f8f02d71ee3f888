import { beforeEach, describe, expect, it } from 'vitest'
import type { ErrorValue } from '../../../../src/contract/errors.ts'
import { scopeKey } from '../../../../src/contract/identity.ts'
import type { Link } from '../../../../src/contract/link.ts'
import type { HandedRecording } from '../../../../src/contract/recording-file.ts'
import type { ArrivedLink } from '../../../../src/contract/window.ts'
import { createWorkspace } from '../../../../src/renderer/app/documents/workspace.ts'
import type { Services } from '../../../../src/renderer/app/services.ts'
import { createAccountsStore } from '../../../../src/renderer/app/stores/accounts-store.ts'
import { createCatalogStore } from '../../../../src/renderer/app/stores/catalog-store.ts'
import {
  createIdentitiesStore,
  withIdentities,
} from '../../../../src/renderer/app/stores/identities-store.ts'
import { createInterfaceStore } from '../../../../src/renderer/app/stores/interface-store.ts'
import { createSettingsStore } from '../../../../src/renderer/app/stores/settings-store.ts'
import { followLinks } from '../../../../src/renderer/app/window/follow-links.ts'
import { createLinkQueue } from '../../../../src/renderer/app/window/link-queue.ts'
import * as world from '../../../../src/renderer/preview/fixture-world.ts'

const now = 1_800_000_000_000
const clusters = world.clusters(now)
const cluster = clusters[0] ?? expect.fail('the fixture world is empty')
const task = cluster.tasks[0] ?? expect.fail('the cluster is empty')
const account =
  Object.values(world.accounts).find(({ accountId }) => accountId === cluster.scope.accountId) ??
  expect.fail('the account is unknown')

const taskLink: Link = {
  kind: 'task',
  accountId: cluster.scope.accountId,
  region: cluster.scope.region,
  clusterName: cluster.name,
  taskId: task.id,
}
const shellLink: Link = { ...taskLink, kind: 'shell', containerName: task.containers[0]?.name ?? '' }

let waiting: ArrivedLink[]
let told: ErrorValue[]
let settingsAsked: unknown[]
let arrive: () => void
let services: Parameters<typeof followLinks>[0]

beforeEach(() => {
  waiting = []
  told = []
  settingsAsked = []
  const core = {
    async call(name: string, params: unknown) {
      if (name === 'settings.set') {
        settingsAsked.push(params)
        return { ok: true, value: { ...services.settings.getState().settings, ...(params as object) } }
      }
      return { ok: true, value: waiting.splice(0) }
    },
    on(_: string, listener: () => void) {
      arrive = listener
      return { [Symbol.dispose]() {} }
    },
    onConnected(listener: () => void) {
      listener()
      return { [Symbol.dispose]() {} }
    },
  } as unknown as Services['core']
  services = {
    core,
    accounts: createAccountsStore(),
    catalog: createCatalogStore(),
    identities: createIdentitiesStore(),
    interface: createInterfaceStore(),
    settings: createSettingsStore(),
    workspace: createWorkspace(),
    links: createLinkQueue(),
  }
})

function signIn(): void {
  services.identities.setState(
    (state) => withIdentities(state, { identities: world.identities(now), problems: [] }),
    true,
  )
}

function readAccounts(region = cluster.scope.region): void {
  services.accounts.setState({
    accounts: [
      {
        account,
        roles: [world.roleName],
        roleName: world.roleName,
        scope: { ...cluster.scope, region },
        problem: undefined,
      },
    ],
    loading: false,
    problems: [],
  })
}

function readCatalog(read = [cluster]): void {
  services.catalog.setState({
    scopes: { [scopeKey(cluster.scope)]: { scope: cluster.scope, state: 'ready', clusterArns: [] } },
    clusters: Object.fromEntries(read.map((each) => [each.arn, each])),
  })
}

async function linkArrives(arrived: ArrivedLink): Promise<void> {
  waiting.push(arrived)
  arrive()
  await Promise.resolve()
  await Promise.resolve()
}

let handed: HandedRecording[] = []

const opened = () => Object.values(services.workspace.store.getState().documents)

it('a recording that was opened from outside waits for nothing', async () => {
  handed = []
  using _following = followLinks(
    services,
    (recording) => handed.push(recording),
    (error) => told.push(error),
  )
  const recording = { name: 'demo.cast', address: '/handed-recordings/00000000-0000-4000-8000-000000000001' }
  await linkArrives({ recording })
  expect(handed).toEqual([recording])
  expect(opened()).toEqual([])
})

describe('a link that was followed into the app', () => {
  it('opens its task page', async () => {
    using _following = followLinks(
      services,
      (recording) => handed.push(recording),
      (error) => told.push(error),
    )
    signIn()
    readAccounts()
    readCatalog()
    await linkArrives({ link: taskLink })
    expect(opened()).toMatchObject([{ kind: 'task', task: { taskArn: task.arn } }])
  })

  it('waits for the sign-in and for the catalog', async () => {
    using _following = followLinks(
      services,
      (recording) => handed.push(recording),
      (error) => told.push(error),
    )
    await linkArrives({ link: taskLink })
    expect(opened()).toEqual([])
    signIn()
    readAccounts()
    expect(opened()).toEqual([])
    readCatalog()
    expect(opened().length).toBe(1)
    readCatalog()
    expect(opened().length).toBe(1)
    expect(told).toEqual([])
  })

  it('from the palette goes the same way, and says that somebody has to sign in', () => {
    using _following = followLinks(
      services,
      (recording) => handed.push(recording),
      (error) => told.push(error),
    )
    services.identities.setState((state) => withIdentities(state, { identities: [], problems: [] }), true)
    services.links.follow(taskLink)
    expect(told.map(({ code }) => code)).toEqual(['SSO_NOT_SIGNED_IN'])
    signIn()
    readAccounts()
    readCatalog()
    expect(opened().length).toBe(1)
  })

  it('into another partition says that nothing is there', async () => {
    using _following = followLinks(
      services,
      (recording) => handed.push(recording),
      (error) => told.push(error),
    )
    signIn()
    readAccounts()
    await linkArrives({ link: { ...taskLink, region: 'cn-north-1' } })
    expect(settingsAsked).toEqual([])
    expect(told.map(({ message }) => message)).toEqual([expect.stringMatching('cn-north-1')])
  })

  it('to a shell asks first, whatever the environment', async () => {
    using _following = followLinks(
      services,
      (recording) => handed.push(recording),
      (error) => told.push(error),
    )
    signIn()
    readAccounts()
    readCatalog()
    await linkArrives({ link: shellLink })
    expect(opened()).toEqual([])
    expect(services.interface.getState().dialog).toMatchObject({
      kind: 'open-shell',
      container: { taskArn: task.arn, containerName: task.containers[0]?.name },
    })
  })

  it('into another region changes to it', async () => {
    using _following = followLinks(
      services,
      (recording) => handed.push(recording),
      (error) => told.push(error),
    )
    signIn()
    readAccounts('us-east-1')
    await linkArrives({ link: taskLink })
    const { accountId, region } = cluster.scope
    expect(settingsAsked).toEqual([{ recentRegions: [region], regions: { [accountId]: region } }])
    readAccounts()
    readCatalog()
    expect(opened().length).toBe(1)
  })

  it('to an account out of reach, or a shell in a task that is gone, says so once', async () => {
    using _following = followLinks(
      services,
      (recording) => handed.push(recording),
      (error) => told.push(error),
    )
    signIn()
    readAccounts()
    readCatalog()
    await linkArrives({ link: { ...taskLink, accountId: '999999999999' } })
    await linkArrives({ link: { ...shellLink, taskId: '0'.repeat(32) } })
    readCatalog()
    expect(told.map(({ message }) => message)).toEqual([
      'The link leads to account 999999999999, which none of your sign-ins reaches.',
      expect.stringMatching(`in task 00000000 of ${cluster.name} is not there any more.`),
    ])
  })

  it('to a task that is gone opens its page, for its history', async () => {
    using _following = followLinks(
      services,
      (recording) => handed.push(recording),
      (error) => told.push(error),
    )
    signIn()
    readAccounts()
    readCatalog()
    await linkArrives({ link: { ...taskLink, taskId: '0'.repeat(32) } })
    expect(told).toEqual([])
    expect(opened()).toMatchObject([
      {
        kind: 'task',
        task: { taskArn: task.arn.replace(task.id, '0'.repeat(32)), clusterName: cluster.name },
      },
    ])
  })

  it('that was refused says why', async () => {
    using _following = followLinks(
      services,
      (recording) => handed.push(recording),
      (error) => told.push(error),
    )
    await linkArrives({ refused: { code: 'INVALID_REQUEST', message: 'No.', retryable: false } })
    expect(told).toMatchObject([{ message: 'No.' }])
  })
})

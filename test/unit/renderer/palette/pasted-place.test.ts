import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PortholeError } from '../../../../src/contract/errors.ts'
import type { Link } from '../../../../src/contract/link.ts'
import type { Services } from '../../../../src/renderer/app/services.ts'
import { noAccounts } from '../../../../src/renderer/app/stores/accounts-store.ts'
import { createCatalogStore, withCluster } from '../../../../src/renderer/app/stores/catalog-store.ts'
import { createInterfaceStore } from '../../../../src/renderer/app/stores/interface-store.ts'
import { createNavigatorStore } from '../../../../src/renderer/app/stores/navigator-store.ts'
import { createSettingsStore } from '../../../../src/renderer/app/stores/settings-store.ts'
import { createLinkQueue } from '../../../../src/renderer/app/window/link-queue.ts'
import { type Known, pastedCommands } from '../../../../src/renderer/features/palette/pasted-commands.ts'
import { parsePastedPlace } from '../../../../src/renderer/features/palette/pasted-place.ts'
import * as world from '../../../../src/renderer/preview/fixture-world.ts'

const taskId = '4f1c9ad2b7e84c0e9d7a1f6b2c3d4e5f'
const task = { region: 'eu-central-1', clusterName: 'web', taskId }

describe('a pasted address', () => {
  it.each([
    [`porthole://task/111122223333/eu-central-1/web/${taskId}`, { accountId: '111122223333', ...task }],
    [
      `  porthole://shell/111122223333/eu-central-1/web/${taskId}/nginx\n`,
      { accountId: '111122223333', ...task, containerName: 'nginx' },
    ],
    [
      `https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/web/services/storefront/tasks/${taskId}/configuration?region=eu-central-1`,
      { ...task, serviceName: 'storefront' },
    ],
    [`https://console.aws.amazon.com/ecs/v2/clusters/web/tasks/${taskId}?region=eu-central-1`, task],
    [
      `https://111122223333-ab12cd34.eu-central-1.console.aws.amazon.com/ecs/v2/clusters/web/tasks/${taskId}/logs`,
      { accountId: '111122223333', ...task },
    ],
    [
      `https://eu-central-1.console.aws.amazon.com/ecs/home?region=eu-central-1#/clusters/web/tasks/${taskId}/details`,
      task,
    ],
    [
      'https://us-gov-west-1.console.amazonaws-us-gov.com/ecs/v2/clusters/web/services/storefront/health?region=us-gov-west-1',
      { region: 'us-gov-west-1', clusterName: 'web', serviceName: 'storefront' },
    ],
    [
      'https://cn-north-1.console.amazonaws.cn/ecs/v2/clusters/web/services?region=cn-north-1',
      { region: 'cn-north-1', clusterName: 'web' },
    ],
    [`arn:aws:ecs:eu-central-1:111122223333:task/web/${taskId}`, { accountId: '111122223333', ...task }],
    [
      'arn:aws-cn:ecs:cn-north-1:111122223333:service/web/storefront',
      { accountId: '111122223333', region: 'cn-north-1', clusterName: 'web', serviceName: 'storefront' },
    ],
  ])('%s is understood', (text, place) => {
    expect(parsePastedPlace(text)).toEqual(place)
  })

  it.each([
    'nginx storefront',
    'https://example.com/ecs/v2/clusters/web/tasks/1?region=eu-central-1',
    'https://eu-central-1.console.aws.amazon.com.evil.example/ecs/v2/clusters/web/services/x',
    'https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters?region=eu-central-1',
    'https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/..%2F..%2Fetc/services/x',
    'https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/web/tasks/not-a-task',
    'https://eu-central-1.console.aws.amazon.com/ec2/home?region=eu-central-1#Instances',
    'arn:aws:ecs:eu-central-1:111122223333:task/web',
    'arn:aws:s3:::bucket',
  ])('%s is none', (text) => {
    expect(parsePastedPlace(text)).toBeUndefined()
  })

  it('of ours that leads nowhere says so', () => {
    expect(() => parsePastedPlace('porthole://task/12/x')).toThrow(PortholeError)
  })

  it('is read or refused, whatever it is', () => {
    const host = 'https://eu-west-1.console.aws.amazon.com'
    const texts = fc.oneof(
      fc.string(),
      fc.string().map((text) => `${host}/ecs/v2/clusters/${text}`),
      fc.string().map((text) => `${host}/ecs/home?region=${text}#/clusters/web/tasks/${text}`),
      fc.string().map((text) => `arn:aws:ecs:${text}`),
    )
    fc.assert(
      fc.property(texts, (text) => {
        if (!text.trim().startsWith('porthole://')) parsePastedPlace(text)
      }),
      { numRuns: 200 },
    )
  })
})

const now = 1_800_000_000_000
const [cluster] = world.clusters(now)
if (cluster === undefined) throw new Error('The fixture world is empty')
const { scope } = cluster
const views = Object.values(world.accounts).map((account) => ({
  account,
  roles: [scope.roleName],
  roleName: scope.roleName,
  scope: { ...scope, identityId: account.identityId, accountId: account.accountId },
  problem: undefined,
}))

describe('what can be done with it', () => {
  const followed: Link[] = []
  const asked: object[] = []
  const services = (): Parameters<typeof pastedCommands>[0] => {
    const links = createLinkQueue()
    links.onFollow((link) => followed.push(link))
    const core = {
      async call(_: string, params: object) {
        asked.push(params)
        return { ok: false, error: { code: 'INTERNAL', message: '', retryable: false } }
      },
    } as unknown as Services['core']
    return {
      core,
      links,
      interface: createInterfaceStore(),
      navigator: createNavigatorStore(),
      settings: createSettingsStore(),
    }
  }
  const known: Known = {
    accounts: { ...noAccounts, accounts: views, loading: false },
    catalog: withCluster(createCatalogStore().getState(), cluster),
    signedIn: true,
  }
  const running = cluster.tasks[0] ?? expect.fail('the cluster is empty')
  const here = { region: scope.region, clusterName: cluster.name, taskId: running.id }

  it('is one thing where the account is named, or where the task is found', () => {
    const named = pastedCommands(services(), { ...here, accountId: scope.accountId }, known)
    expect(named.commands.map(({ title }) => title)).toEqual([`Open task ${running.id.slice(0, 8)}`])
    const found = pastedCommands(services(), here, known)
    expect(found.commands.map(({ id }) => id)).toEqual([`link.follow.${scope.accountId}`])
    found.commands[0]?.run({ target: undefined, signedIn: true })
    expect(followed).toEqual([{ kind: 'task', accountId: scope.accountId, ...here }])
  })

  it('is one thing for each account where none is named, and says what it changes', () => {
    const { commands } = pastedCommands(services(), { ...here, region: 'ap-south-1' }, known)
    expect(commands).toHaveLength(views.length)
    expect(commands[0]?.group).toContain(`takes ${views[0]?.account.name} to ap-south-1`)
  })

  it('is nothing in another part of AWS, or in an account out of reach', () => {
    const elsewhere = pastedCommands(services(), { ...here, region: 'cn-north-1' }, known)
    expect(elsewhere).toMatchObject({
      commands: [],
      problem: { message: expect.stringMatching('cn-north-1') },
    })
    const away = pastedCommands(services(), { ...here, accountId: '999999999999' }, known)
    expect(away).toMatchObject({ commands: [], problem: { message: expect.stringMatching('999999999999') } })
    const service = { region: scope.region, clusterName: 'web', serviceName: 'x', accountId: '999999999999' }
    expect(pastedCommands(services(), service, known)).toMatchObject({
      problem: { message: 'None of your sign-ins reaches 999999999999.' },
    })
  })

  it('of a service is the navigator, in the Region that the address names', () => {
    const needed = services()
    const place = { accountId: scope.accountId, region: 'eu-north-1', clusterName: 'web', serviceName: 'api' }
    const { commands } = pastedCommands(needed, place, known)
    commands[0]?.run({ target: undefined, signedIn: true })
    expect(needed.navigator.getState().filter).toBe(`account:${scope.accountId} cluster:web service:api`)
    expect(asked).toContainEqual(expect.objectContaining({ regions: { [scope.accountId]: 'eu-north-1' } }))
  })

  it('waits for the sign-in', () => {
    const before = { ...known, signedIn: false }
    expect(pastedCommands(services(), here, before).problem?.code).toBe('SSO_NOT_SIGNED_IN')
    const named = pastedCommands(services(), { ...here, accountId: scope.accountId }, before)
    expect(named.commands[0]?.group).toBe('Once you are signed in')
  })
})

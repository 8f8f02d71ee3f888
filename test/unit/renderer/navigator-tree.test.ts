import { describe, expect, it } from 'vitest'
import type { Cluster, Task } from '../../../src/contract/catalog.ts'
import type { ErrorValue } from '../../../src/contract/errors.ts'
import { scopeKey } from '../../../src/contract/identity.ts'
import type { AccountView } from '../../../src/renderer/app/stores/accounts-store.ts'
import { contentsOf } from '../../../src/renderer/app/stores/catalog-entries.ts'
import { clusterKey } from '../../../src/renderer/app/stores/catalog-store.ts'
import { parseFilter } from '../../../src/renderer/features/navigator/filter.ts'
import { flattenTree } from '../../../src/renderer/features/navigator/tree.ts'
import {
  firstMatchIndex,
  parentIndex,
  rowsAbove,
  summarise,
} from '../../../src/renderer/features/navigator/tree-moves.ts'
import type { TreeInput, TreeRow } from '../../../src/renderer/features/navigator/tree-rows.ts'
import { clustersAsked } from '../../../src/renderer/features/navigator/use-stopped.ts'
import * as world from '../../../src/renderer/preview/fixture-world.ts'

const now = 1_800_000_000_000

function view(account: (typeof world.accounts)[keyof typeof world.accounts]): AccountView {
  return {
    account,
    roles: [world.roleName],
    roleName: world.roleName,
    scope: world.scopeOf(account),
    problem: undefined,
  }
}

function inputOf(clusters: Cluster[], more: Partial<TreeInput> = {}): TreeInput {
  return {
    accounts: Object.values(world.accounts).map(view),
    others: [],
    scopes: Object.fromEntries(world.scopesOf(clusters, now).map((scope) => [scopeKey(scope.scope), scope])),
    clusters: Object.fromEntries(
      clusters.map((cluster) => [clusterKey(cluster.scope, cluster.arn), cluster]),
    ),
    stopped: {},
    touched: new Map(),
    live: new Map(),
    toggled: {},
    filter: '',
    order: 'name',
    grouping: 'cluster',
    ...more,
  }
}

/** A row in a word, indented by its level. */
function word(row: TreeRow): string {
  const indent = '  '.repeat(row.level)
  switch (row.kind) {
    case 'account':
      return `${indent}${row.view.account.name}`
    case 'other-account':
      return `${row.account.name} (not chosen)`
    case 'choose-account':
      return `choose among ${row.total}`
    case 'cluster':
      return `${indent}${row.name}${row.taskCount === undefined ? ' (loading)' : ''}`
    case 'environment':
      return `${indent}${row.application} / ${row.environment}`
    case 'service':
      return `${indent}${row.service.name}`
    case 'standalone':
      return `${indent}standalone ${row.taskCount}`
    case 'task':
      return `${indent}${row.task.id.slice(0, 8)}`
    case 'container':
      return `${indent}${row.container.name}`
    case 'problem':
      return `${indent}! ${row.error.message}`
    case 'note':
      return `${indent}(${row.text})`
  }
}

const words = (input: TreeInput) => flattenTree(input).map(word)
const find = (rows: TreeRow[], text: string) => rows.find((row) => word(row).trim() === text)

describe('flattenTree', () => {
  const clusters = world.clusters(now)

  it('ends with the way to accounts that are not looked at, and a filter finds them', () => {
    const { production, staging, development } = world.accounts
    const input = inputOf([], { accounts: [view(production)], others: [staging, development] })
    expect(words(input).at(-1)).toBe('choose among 3')
    expect(words({ ...input, filter: 'stag' })).toEqual(['example-staging (not chosen)'])
    expect(words({ ...input, filter: '7777' })).toEqual(['example-dev (not chosen)'])
  })

  it('shows accounts, clusters and services to begin with', () => {
    expect(words(inputOf(clusters))).toEqual([
      'example-prod',
      '  web',
      '    checkout',
      '    image-proxy',
      '    search',
      '    storefront',
      '    standalone 5',
      '  data',
      '    standalone 6',
      'example-staging',
      '  web',
      '    storefront',
      'example-dev',
      '  batch',
      '    payments-worker',
    ])
  })

  it('filters by field, at whatever depth the field is', () => {
    const filtered = (filter: string) => words(inOut({ filter }))
    const inOut = (more: Partial<TreeInput>) => inputOf(clusters, more)
    const all = (filter: string) => flattenTree(inOut({ filter }))
    expect(filtered('env:staging service:storefront')).toEqual(['example-staging', '  web', '    storefront'])
    expect(all('account:prod is:blocked').filter(({ kind }) => kind === 'container')).not.toHaveLength(0)
    for (const row of all('is:blocked'))
      if (row.kind === 'container') expect(row.container.readiness.level).toBe('blocked')
    expect(filtered('env:staging cluster:data')).toEqual([])
  })

  it('puts the fullest, or what is in trouble, first', () => {
    const services = (order: TreeInput['order']) =>
      flattenTree(inputOf(clusters, { order }))
        .filter(({ kind }) => kind === 'service')
        .map(word)
        .slice(0, 4)
        .map((text) => text.trim())
    expect(services('name')).toEqual(['checkout', 'image-proxy', 'search', 'storefront'])
    expect(services('size')[0]).toBe('checkout')
    expect(services('trouble')[0]).toBe('image-proxy')
  })

  it('puts services of Copilot under their application and environment', () => {
    const tagged = clusters.map((cluster) => ({
      ...cluster,
      services: cluster.services.map((service) =>
        service.name === 'storefront'
          ? { ...service, tags: { 'copilot-application': 'shop', 'copilot-environment': 'live' } }
          : service,
      ),
    }))
    const shown = words(inputOf(tagged, { grouping: 'copilot' }))
    expect(shown.slice(0, 7)).toEqual([
      'example-prod',
      '  shop / live',
      '    storefront',
      '  web',
      '    checkout',
      '    image-proxy',
      '    search',
    ])
    // A cluster whose services all stand elsewhere has no row.
    const staging = shown.slice(shown.indexOf('example-staging'), shown.indexOf('example-dev'))
    expect(staging).toEqual(['example-staging', '  shop / live', '    storefront'])
  })

  it('shows stopped tasks under their services, with nothing to enter, once somebody asked for them', () => {
    const web = clusters.find(({ name }) => name === 'web')
    const example = web?.tasks.find(({ serviceName }) => serviceName === 'checkout')
    if (web === undefined || example === undefined) throw new Error('the world has no checkout')
    const over = (id: string, serviceName: string): Task => ({
      ...example,
      arn: `arn:aws:ecs:eu-west-1:111122223333:task/web/${id}`,
      id,
      serviceName,
      status: 'STOPPED',
      desiredStatus: 'STOPPED',
      containers: example.containers.map((container) => ({ ...container, exitCode: 1 })),
    })
    const stopped = {
      [clusterKey(web.scope, web.arn)]: [over('dead0001', 'checkout'), over('dead0002', 'deleted')],
    }
    const rows = flattenTree(inputOf(clusters, { stopped, filter: 'is:stopped' }))
    expect(rows.map(word)).toEqual([
      'example-prod',
      '  web',
      '    checkout',
      '      dead0001',
      '    standalone 5',
      '      dead0002',
    ])
    const opened = flattenTree(inputOf(clusters, { stopped, filter: 'is:stopped dead0001 api' }))
    expect(opened.at(-1)).toMatchObject({ kind: 'container', stopped: true, target: { kind: 'task' } })
  })

  it('asks only the clusters that a filter leaves in, and only for stopped tasks', () => {
    const asked = (filter: string) => clustersAsked(clusters, parseFilter(filter)).map(({ name }) => name)
    expect(asked('storefront is:ready')).toEqual([])
    expect(asked('is:s')).toEqual([])
    expect(asked('is:stopped cluster:bat')).toEqual(['batch'])
    expect(asked('is:stop region:eu-west-1')).toHaveLength(clusters.length)
    expect(asked('is:stopped region:us-')).toEqual([])
  })

  it('opens and closes rows by hand', () => {
    const rows = flattenTree(inputOf(clusters))
    const storefront = find(rows, 'storefront')
    const production = find(rows, 'example-prod')
    if (storefront === undefined || production === undefined) throw new Error('rows are missing')
    const openedRows = flattenTree(inputOf(clusters, { toggled: { [storefront.id]: true } }))
    const first = find(openedRows, '4f1c9ad2')
    expect(first?.expanded).toBe(false)
    const deeper = words(inputOf(clusters, { toggled: { [storefront.id]: true, [first?.id ?? '']: true } }))
    expect(deeper).toContain('        log-router')
    expect(words(inputOf(clusters, { toggled: { [production.id]: false } }))[1]).toBe('example-staging')
  })

  it('shows a filter’s matches with the way to them, and nothing else', () => {
    expect(words(inputOf(clusters, { filter: 'ngin prod' }))).toEqual([
      'example-prod',
      '  web',
      '    image-proxy',
      '      51be02d7',
      '        nginx-exporter',
      '    storefront',
      '      4f1c9ad2',
      '        nginx',
      '      8b0e17c4',
      '        nginx',
      '      d27a5510',
      '        nginx',
    ])
  })

  it('leaves what is under a match closed', () => {
    expect(words(inputOf(clusters, { filter: 'payments' }))).toEqual([
      'example-dev',
      '  batch',
      '    payments-worker',
    ])
  })

  it('finds nothing for a name that is nowhere', () => {
    expect(words(inputOf(clusters, { filter: 'ngimx' }))).toEqual([])
  })

  it('shows a cluster that has not come yet, and what could not be read', () => {
    const refusal: ErrorValue = { code: 'ACCESS_DENIED', message: 'may not list services', retryable: false }
    const [web, data, ...rest] = clusters
    if (web === undefined || data === undefined) throw new Error('clusters are missing')
    const refused = { ...web, services: [], tasks: [], problems: [refusal] }
    const input = inputOf([refused, data, ...rest])
    const { [clusterKey(data.scope, data.arn)]: _, ...without } = input.clusters
    expect(words({ ...input, clusters: without }).slice(0, 4)).toEqual([
      'example-prod',
      '  web',
      '    ! may not list services',
      '  data (loading)',
    ])
  })

  it('says that an account has no clusters, and why one could not be listed', () => {
    const failed: ErrorValue = { code: 'SSO_EXPIRED', message: 'signed out', retryable: false }
    const production = view(world.accounts.production)
    const none = inputOf([], { accounts: [production] })
    expect(words(none)).toEqual(['example-prod', '  (No clusters in eu-west-1)'])
    expect(words({ ...none, accounts: [{ ...production, problem: failed, scope: undefined }] })).toEqual([
      'example-prod',
      '  ! signed out',
    ])
  })

  it('marks touched and live containers, their tasks and services', () => {
    const task = clusters[0]?.tasks[0]
    if (task === undefined) throw new Error('The world has no first task')
    const touched = new Map([[task.arn, new Set(['nginx'])]])
    const input = inputOf(clusters, { touched, live: touched, filter: '4f1c9ad2 nginx' })
    const rows = flattenTree(input)
    expect(find(rows, 'storefront')).toMatchObject({ touched: true })
    expect(find(rows, '4f1c9ad2')).toMatchObject({ touched: true, live: true })
    expect(find(rows, 'nginx')).toMatchObject({ touched: true, live: true })
  })

  it('carries the container that a command needs', () => {
    const nginx = flattenTree(inputOf(clusters, { filter: '4f1c9ad2 nginx' })).at(-1)
    expect(nginx?.target).toMatchObject({
      kind: 'container',
      container: { containerName: 'nginx', serviceName: 'storefront', environment: 'production' },
    })
  })

  it('leads from a filter to the first row that it was about', () => {
    const containers = flattenTree(inputOf(clusters, { filter: '4f1c9ad2 nginx' }))
    const nginx = firstMatchIndex(containers)
    expect(containers[nginx]).toMatchObject({ kind: 'container' })
    expect(rowsAbove(containers, nginx).map((row) => row.kind)).toEqual([
      'task',
      'service',
      'cluster',
      'account',
    ])

    const services = flattenTree(inputOf(clusters, { filter: 'storefront' }))
    expect(services[firstMatchIndex(services)]).toMatchObject({ kind: 'service' })
    expect(firstMatchIndex([])).toBe(-1)
  })

  it('filters 5,000 tasks', () => {
    const tasks = Array.from({ length: 5000 }, (_, index) => ({
      id: index.toString(16).padStart(8, '0'),
      service: `service-${index % 100}`,
      age: index,
      containers: [],
    }))
    const services = Array.from({ length: 100 }, (_, index): [string, number, number] => [
      `service-${index}`,
      50,
      50,
    ])
    const large = world.clusterOf(world.accounts.production, 'large', now, services, tasks)
    const input = inputOf([large], { filter: 'service-7 prod 0000' })
    const found = flattenTree(input).filter(({ kind }) => kind === 'task')
    // How long it takes is measured by `npm run bench`.
    expect(found).toHaveLength(550)
    const rows = flattenTree(input)
    expect(rows.length).toBeGreaterThan(500)
  })
})

describe('parentIndex', () => {
  it('goes to the row that holds this one', () => {
    const rows = flattenTree(inputOf(world.clusters(now)))
    const checkout = rows.findIndex((row) => word(row).trim() === 'search')
    expect(word(rows[parentIndex(rows, checkout) ?? -1] as TreeRow)).toBe('  web')
    expect(parentIndex(rows, 0)).toBeUndefined()
  })
})

describe('summarise', () => {
  it('counts tasks and accounts, and is as old as the oldest part', () => {
    const input = inputOf(world.clusters(now))
    const [firstKey, first] = Object.entries(input.scopes)[0] ?? []
    if (firstKey === undefined || first === undefined) throw new Error('no scope')
    const older = { ...input.scopes, [firstKey]: { ...first, updatedAt: now - 60_000 } }
    expect(summarise({ ...input, scopes: older })).toEqual({
      tasks: 35,
      accounts: 3,
      updatedAt: now - 60_000,
    })
  })
})

describe('contentsOf', () => {
  it('shows one state for many tasks, and advice when they differ', () => {
    const [, , , batch] = world.clusters(now)
    const web = world.clusters(now)[0]
    if (batch === undefined || web === undefined) throw new Error('clusters are missing')
    const storefront = web.tasks.filter(({ serviceName }) => serviceName === 'storefront')
    const mixed = {
      ...web,
      tasks: storefront.map((task, index) =>
        index === 0 ? { ...task, readiness: { level: 'blocked' as const, reason: 'Agent stopped' } } : task,
      ),
    }
    const readiness = contentsOf(mixed).services.find(
      ({ service }) => service.name === 'storefront',
    )?.readiness
    expect(readiness).toEqual({ level: 'advice', reason: '2 of 3 tasks are ready' })
    expect(contentsOf(batch).services[0]?.readiness?.level).toBe('blocked')
  })
})

describe('a service row', () => {
  it('is about the service, and about the task of it that keeps one out', () => {
    const clusters = world.clusters(now)
    const rows = flattenTree(inputOf(clusters)).flatMap((row) => (row.kind === 'service' ? [row] : []))
    const shut = clusters
      .flatMap(({ tasks }) => tasks)
      .find(({ readiness, serviceName }) => readiness.level === 'blocked' && serviceName !== undefined)
    const row =
      rows.find(({ service }) => service.name === shut?.serviceName) ?? expect.fail('no such service')
    expect(row.target).toMatchObject({
      kind: 'service',
      service: { serviceName: shut?.serviceName },
      task: { serviceName: shut?.serviceName },
    })
    if (row.target?.kind !== 'service') return expect.fail('not about a service')
    const { task } = row.target
    const level = clusters.flatMap(({ tasks }) => tasks).find(({ arn }) => arn === task?.taskArn)
      ?.readiness.level
    expect(level).toBe('blocked')
    expect(row.target.service).not.toHaveProperty('taskArn')
  })
})

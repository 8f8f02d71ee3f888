import { beforeEach, describe, expect, test } from 'vitest'
import { createStore } from 'zustand/vanilla'
import type { Cluster } from '../../../../src/contract/catalog.ts'
import { defaultSettings, type Settings } from '../../../../src/contract/host.ts'
import { scopeKey } from '../../../../src/contract/identity.ts'
import type { ContainerRef } from '../../../../src/contract/session.ts'
import { automaticLinuxShell } from '../../../../src/contract/shell-command.ts'
import { hasShellIntegration } from '../../../../src/contract/shell-integration.ts'
import type { CoreLink } from '../../../../src/renderer/app/core/core-link.ts'
import type { TerminalDocument } from '../../../../src/renderer/app/documents/document.ts'
import { createWorkspace } from '../../../../src/renderer/app/documents/workspace.ts'
import { containersOf } from '../../../../src/renderer/app/stores/catalog-entries.ts'
import { type CatalogState, clusterKey } from '../../../../src/renderer/app/stores/catalog-store.ts'
import { findTask, lookUpPlace, placeOf } from '../../../../src/renderer/app/stores/places.ts'
import { createSettingsStore } from '../../../../src/renderer/app/stores/settings-store.ts'
import { openShell } from '../../../../src/renderer/features/shells/open-shell.ts'
import * as world from '../../../../src/renderer/preview/fixture-world.ts'

const now = 1_800_000_000_000
const clusters = world.clusters(now)

function stateOf(all: Cluster[]): CatalogState {
  return {
    scopes: Object.fromEntries(world.scopesOf(all, now).map((scope) => [scopeKey(scope.scope), scope])),
    clusters: Object.fromEntries(all.map((cluster) => [clusterKey(cluster.scope, cluster.arn), cluster])),
  }
}

function refs(serviceName: string | undefined): ContainerRef[] {
  return Object.values(world.accounts).flatMap((account) =>
    clusters
      .filter(({ scope }) => scope.accountId === account.accountId)
      .flatMap((cluster) => containersOf(account, cluster))
      .map(({ ref }) => ref)
      .filter((ref) => ref.serviceName === serviceName),
  )
}

function first(serviceName: string | undefined): ContainerRef {
  const [ref] = refs(serviceName)
  if (ref === undefined) throw new Error('no such container')
  return ref
}

/** Services whose core keeps settings and knows nothing else. */
function createServices() {
  const settings = createSettingsStore()
  settings.setState({ settings: defaultSettings, known: true })
  let kept: Settings = defaultSettings
  const core = {
    call: async (method: string, params: object) => {
      if (method === 'settings.set') kept = { ...kept, ...params }
      return { ok: true, value: method === 'settings.set' ? kept : {} }
    },
  } as unknown as CoreLink
  const workspace = createWorkspace()
  const catalog = createStore<CatalogState>(() => stateOf(clusters))
  const opened = () =>
    Object.values(workspace.store.getState().documents).filter(
      (document): document is TerminalDocument => document.kind === 'terminal',
    )
  return { services: { settings, core, workspace, catalog }, opened, kept: () => kept }
}

describe('openShell', () => {
  let made: ReturnType<typeof createServices>
  beforeEach(() => {
    made = createServices()
  })

  test('opens the best shell, and remembers another choice for that container of the service', () => {
    const [here, other] = refs('storefront').filter(({ containerName }) => containerName === 'nginx')
    if (here === undefined || other === undefined) throw new Error('storefront has two tasks')
    openShell(made.services, here)
    openShell(made.services, here, { shell: { kind: 'program', program: 'sh' } })
    openShell(made.services, other)
    openShell(made.services, { ...other, containerName: 'app' })
    expect(made.opened().map(({ command }) => command)).toEqual([
      automaticLinuxShell,
      '/bin/sh',
      '/bin/sh',
      automaticLinuxShell,
    ])
  })

  test('keeps the tab’s own command unless another was chosen', () => {
    const here = first('storefront')
    openShell(made.services, here, { shell: { kind: 'custom', command: 'rails console' } })
    const [tab] = made.opened()
    openShell(made.services, here, { shell: { kind: 'automatic' } })
    openShell(made.services, here, { inTab: tab?.id })
    expect(made.opened().find(({ id }) => id === tab?.id)?.command).toBe('rails console')
    expect(made.services.settings.getState().settings.shells).toEqual({})
  })

  test('integrates the shell when the setting or the person says so, and never a command', () => {
    const here = first('storefront')
    const integrates = () => made.opened().map(({ command }) => hasShellIntegration(command))
    openShell(made.services, here)
    openShell(made.services, here, { integration: true })
    expect(integrates()).toEqual([false, true])
    const { settings } = made.services
    settings.setState({ settings: { ...settings.getState().settings, shellIntegration: true } })
    openShell(made.services, here)
    openShell(made.services, here, { integration: false })
    openShell(made.services, here, { shell: { kind: 'custom', command: 'rails console' } })
    expect(integrates()).toEqual([false, true, true, false, false])
  })

  test('puts the place first among the recent ones, once', () => {
    const there = first('storefront')
    const here = first('checkout')
    for (const ref of [here, there, here]) openShell(made.services, ref)
    expect(
      made.services.settings.getState().settings.recentContainers.map(({ serviceName }) => serviceName),
    ).toEqual(['checkout', 'storefront'])
  })
})

describe('A place', () => {
  test('leads to another task of the service when its own is gone', () => {
    const ref = first('storefront')
    const place = placeOf(ref, findTask(stateOf(clusters), ref))
    const without = clusters.map((cluster) => ({
      ...cluster,
      tasks: cluster.tasks.filter(({ arn }) => arn !== ref.taskArn),
    }))
    const found = lookUpPlace(without, place)
    expect(found?.task?.serviceName).toBe('storefront')
    expect(found?.task?.arn).not.toBe(ref.taskArn)
    expect(found?.container?.name).toBe(ref.containerName)
  })

  test('of a standalone task is its family', () => {
    const ref = first(undefined)
    const task = findTask(stateOf(clusters), ref)
    const place = placeOf(ref, task)
    expect(place.family).toBe(task?.taskDefinition.split(':')[0])
    expect(lookUpPlace(clusters, place)?.task?.taskDefinition).toBe(task?.taskDefinition)
  })

  test('where nothing runs is still a cluster; in an account that is not looked at it is nothing', () => {
    const ref = first('storefront')
    const place = { ...placeOf(ref, undefined), serviceName: 'gone' }
    expect(lookUpPlace(clusters, place)).toEqual({ cluster: expect.objectContaining({ name: 'web' }) })
    expect(lookUpPlace(clusters, { ...place, region: 'us-east-1' })).toBeUndefined()
  })
})

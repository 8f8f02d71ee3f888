import '../app/polyfills.ts'
import '../app/tokens.css'
import '../app/theme/fonts.css'
import '../app/theme/base.css'
import type { Cluster } from '../../contract/catalog.ts'
import type { ErrorValue } from '../../contract/errors.ts'
import { createCoreLink } from '../app/core/core-link.ts'
import { diagnosticsDocument, taskDocument, taskRefOf, terminalDocument } from '../app/documents/document.ts'
import type { Services } from '../app/services.ts'
import { startPage } from '../app/start-page.tsx'
import { showToast } from '../ui/toast.tsx'
import { fixtureHost } from './fixture-core.ts'
import * as world from './fixture-world.ts'

/**
 * Screens without a backend: `?screen=main&theme=dark`. The page is the app's
 * own; only the host at the other end of its channels is a fixture.
 */
const query = new URLSearchParams(location.search)
const screen = query.get('screen') ?? 'main'
const theme = query.get('theme') === 'light' ? 'light' : 'dark'
const now = Date.now()

const scenes: Record<string, (services: Services) => void | Promise<void>> = {
  main: openTabs,
  async palette(services) {
    await openTabs(services)
    services.interface.setState({
      dialog: { kind: 'palette', mode: 'all', text: query.get('text') ?? 'ngi' },
    })
  },
  async region(services) {
    await openTabs(services)
    services.interface.setState({ dialog: { kind: 'palette', mode: 'region', text: '' } })
  },
  async guard(services) {
    await openTabs(services)
    services.interface.setState({ dialog: { kind: 'open-shell', container: production(), split: undefined } })
  },
  async replace(services) {
    await openTabs(services)
    services.interface.setState({ dialog: { kind: 'replace-task', task: taskRefOf(production()) } })
  },
  async settings(services) {
    await openTabs(services)
    services.interface.setState({ dialog: { kind: 'settings' } })
  },
  async diagnostics(services) {
    await openTabs(services)
    services.workspace.open(diagnosticsDocument)
  },
  async accounts(services) {
    await openTabs(services)
    services.interface.setState({
      dialog: { kind: 'palette', mode: 'accounts', text: query.get('text') ?? '' },
    })
  },
  async shortcuts(services) {
    await openTabs(services)
    services.interface.setState({ dialog: { kind: 'shortcuts' } })
  },
  async toasts(services) {
    await openTabs(services)
    const action = { label: 'Open shell', run: () => {} }
    showToast({ tone: 'ok', title: 'Task replaced', text: '6be19d04 runs after 84 s', action })
    showToast({ tone: 'warn', title: 'api ends in 2 min', text: 'No input for 18 min, AWS allows 20' })
    showToast({ tone: 'danger', title: 'Export stopped', text: 'The disk is full, nothing was written' })
  },
  async expired(services) {
    await openTabs(services)
    services.identities.setState((state) => ({
      ...state,
      identities: (state.identities ?? []).map((identity) =>
        identity.state === 'signed-in' ? { ...identity, state: 'expired', expiresAt: now } : identity,
      ),
    }))
  },
  async problems(services) {
    await openTabs(services)
    await until(() => Object.keys(services.catalog.getState().clusters).length > 0)
    services.catalog.setState((state) => ({ ...state, clusters: troubled(state.clusters) }))
  },
  'write-profile': async (services) => {
    await openTabs(services)
    services.interface.setState({ dialog: { kind: 'write-profile', scope: production().scope } })
  },
  'sign-out': async (services) => {
    await openTabs(services)
    services.interface.setState({ dialog: { kind: 'sign-out-everywhere' } })
  },
  /** A second sign-in, over the workspace, with a config file that is broken. */
  'sign-in-again': async (services) => {
    await openTabs(services)
    services.identities.setState((state) => ({ ...state, problems: [brokenConfig] }))
    services.interface.setState({ dialog: { kind: 'sign-in' } })
  },
  /** Profiles from before sso-session sections, one of them in need of a person. */
  async legacy(services) {
    await until(() => services.identities.getState().identities !== undefined)
    services.identities.setState((state) => ({
      ...state,
      identities: (state.identities ?? []).map((identity, index) =>
        index === 0
          ? { ...identity, id: `legacy:${identity.startUrl}`, legacyProfiles: ['dev', 'ops'] }
          : identity,
      ),
    }))
  },
  async mfa(services) {
    await until(() => services.identities.getState().identities !== undefined)
    services.identities.setState({
      attempt: {
        attemptId: 'attempt',
        identityId: 'profile:oncall',
        flow: 'profile',
        mfa: {
          device: 'arn:aws:iam::111122223333:mfa/ana',
          profile: 'oncall',
          problem: {
            code: 'MFA_NEEDED',
            message: 'AWS did not take this code.',
            action: 'Wait for the next code of the device. Each works once.',
            retryable: false,
          },
        },
        state: 'waiting',
        startedAt: now,
        expiresAt: now + 600_000,
      },
    })
  },
  empty: () => {},
  'sign-in': () => {},
  code: (services) => click(services, 'Use a code on another device'),
}

const brokenConfig: ErrorValue = {
  code: 'CONFIG_INVALID',
  message: 'Line 12 of /home/ana/.aws/config is not a [section], a "key = value" or a comment.',
  action: 'Correct that line, then try again.',
  retryable: false,
}

/** The first cluster refuses its services, the second has not come yet. */
function troubled(clusters: Readonly<Record<string, Cluster>>): Record<string, Cluster> {
  const [first, , ...rest] = Object.entries(clusters)
  if (first === undefined) return {}
  const [key, cluster] = first
  const refusal: ErrorValue = {
    code: 'ACCESS_DENIED',
    message: 'PlatformEngineer may not list services here',
    retryable: false,
  }
  return { [key]: { ...cluster, services: [], tasks: [], problems: [refusal] }, ...Object.fromEntries(rest) }
}

function production() {
  const web = world.clusters(now)[0]
  if (web === undefined) throw new Error('The world has no first cluster')
  return world.containerRef(world.accounts.production, web, 0, 'nginx')
}

/** The tabs of the main mockup: production left, staging and development right. */
async function openTabs({ workspace, navigator }: Services): Promise<void> {
  await until(() => workspace.stage !== undefined)
  const shells = world
    .sessions(world.clusters(now), now)
    .map((session) =>
      terminalDocument({ container: session.container, command: session.command, sessionId: session.id }),
    )
  const [nginx, api, staging, worker] = shells
  if (!nginx || !api || !staging || !worker) return
  workspace.open(nginx)
  workspace.open(api)
  workspace.open(taskDocument(taskRefOf(nginx.container)))
  workspace.activate(nginx.id)
  workspace.open(staging, 'right')
  workspace.open(worker)
  workspace.activate(staging.id)
  workspace.activate(nginx.id)

  const { scope, clusterArn, taskId } = nginx.container
  const cluster = `${scope.identityId}|${scope.accountId}|${scope.roleName}|${scope.region}|${clusterArn}`
  const service = `${cluster}/arn:aws:ecs:${scope.region}:${scope.accountId}:service/web/storefront`
  const row = `${service}/${taskId}`
  const selected = { kind: 'container', container: nginx.container, readiness: { level: 'ready' } } as const
  navigator.setState({
    toggled: { [service]: true, [row]: true },
    selectedId: `${row}/nginx`,
    target: selected,
  })
}

async function click(_: Services, text: string): Promise<void> {
  const find = () => [...document.querySelectorAll('button')].find(({ textContent }) => textContent === text)
  await until(() => find() !== undefined)
  find()?.click()
}

/** Frames, not time: bounded by what a page needs to draw itself. */
async function until(condition: () => boolean): Promise<void> {
  for (let frame = 0; frame < 600 && !condition(); frame += 1)
    await new Promise((resolve) => requestAnimationFrame(resolve))
}

sessionStorage.clear()
localStorage.setItem('porthole.theme', theme)
const signedIn = !['sign-in', 'code', 'mfa', 'legacy'].includes(screen)
const platform = query.get('platform') === 'linux' ? 'linux' : 'darwin'
const services = await startPage(
  createCoreLink(fixtureHost({ now, signedIn, platform, settings: { theme, region: world.region } })),
)
await scenes[screen]?.(services)
document.documentElement.dataset.previewReady = ''

import type { ErrorValue } from '../../../contract/errors.ts'
import type { Link } from '../../../contract/link.ts'
import type { Command } from '../../app/commands/command-registry.ts'
import { partitionOfRegion } from '../../app/regions.ts'
import type { Services } from '../../app/services.ts'
import { type AccountsState, accountName } from '../../app/stores/accounts-store.ts'
import type { CatalogState } from '../../app/stores/catalog-store.ts'
import { chosenAccount, chosenRegion } from '../../app/stores/preferences.ts'
import { changeSettings } from '../../app/stores/settings-store.ts'
import { findLinkTarget, type LinkSearch } from '../../app/window/find-link-target.ts'
import { MatchedIcon } from '../../ui/icons.ts'
import type { PastedPlace } from './pasted-place.ts'

type Needed = Pick<Services, 'core' | 'interface' | 'links' | 'navigator' | 'settings'>

export interface Pasted {
  readonly commands: readonly Command[]
  /** Why it leads nowhere. */
  readonly problem?: ErrorValue
}

export interface Known {
  readonly accounts: AccountsState
  readonly catalog: CatalogState
  readonly signedIn: boolean
}

/** An address of the console fits every account: so many are offered to look in. */
const mostAccountsOffered = 12

/** What can be done with an address: one thing where it names its account, else one for each account. */
export function pastedCommands(services: Needed, place: PastedPlace, known: Known): Pasted {
  if (!known.signedIn) return beforeSignIn(services, place)
  const found = accountsOf(place, known).map((accountId) =>
    leadsToTask(place)
      ? linkCommand(services, linkOf(place, accountId), known)
      : showCommand(services, place, accountId, known),
  )
  const commands = found.filter((each) => 'run' in each)
  if (commands.length > 0) return { commands }
  return { commands, problem: found.find((each) => 'code' in each) ?? noAccountFor(place) }
}

/** The account that is named; else those in which the thing is, else all in that part of AWS. */
function accountsOf(place: PastedPlace, { accounts, catalog }: Known): string[] {
  if (place.accountId !== undefined) return [place.accountId]
  const clusters = Object.values(catalog.clusters).filter(
    ({ name, scope }) => name === place.clusterName && scope.region === place.region,
  )
  const holders = clusters.filter(
    ({ tasks, services }) =>
      (place.taskId === undefined || tasks.some(({ id }) => id === place.taskId)) &&
      (place.serviceName === undefined || services.some(({ name }) => name === place.serviceName)),
  )
  if (holders.length > 0) return [...new Set(holders.map(({ scope }) => scope.accountId))]
  const partition = partitionOfRegion(place.region)
  const views = accounts.accounts.filter(
    ({ scope }) => scope !== undefined && partitionOfRegion(scope.region) === partition,
  )
  return [...new Set(views.map(({ account }) => account.accountId))].slice(0, mostAccountsOffered)
}

type TaskPlace = PastedPlace & { taskId: string }

function leadsToTask(place: PastedPlace): place is TaskPlace {
  return place.taskId !== undefined
}

function linkOf({ region, clusterName, taskId, containerName }: TaskPlace, accountId: string): Link {
  const shared = { accountId, region, clusterName, taskId }
  return containerName === undefined
    ? { kind: 'task', ...shared }
    : { kind: 'shell', ...shared, containerName }
}

/** A page may be opened by whoever made the link; a shell asks the person in front of it. */
function linkCommand(services: Needed, link: Link, { accounts, catalog }: Known): Command | ErrorValue {
  const search = findLinkTarget(link, accounts, catalog, true)
  if (search.state === 'nowhere') return search.error
  return {
    id: `link.follow.${link.accountId}`,
    icon: MatchedIcon,
    title: titleOf(link),
    group: groupOf(link, search, accounts),
    run: () => services.links.follow(link),
  }
}

function titleOf(link: Link): string {
  return link.kind === 'shell'
    ? `Open shell in ${link.containerName}…`
    : `Open task ${link.taskId.slice(0, 8)}`
}

/** Where it is; and what following it changes, where it is somewhere that is not looked at. */
function groupOf(link: Link, search: LinkSearch, accounts: AccountsState): string {
  if (search.state === 'found') {
    const { target } = search
    const { serviceName, clusterName } = target.kind === 'task' ? target.task : target.container
    return `${serviceName ?? 'standalone'} in ${clusterName}`
  }
  return whereIs(link, accounts)
}

function whereIs(
  { accountId, region, clusterName }: PastedPlace & { accountId: string },
  accounts: AccountsState,
): string {
  const view = accounts.accounts.find(({ account }) => account.accountId === accountId)
  const account = view?.account ?? accounts.others.find((each) => each.accountId === accountId)
  const name = account === undefined ? accountId : accountName(account)
  const regionNow = view?.scope?.region
  if (view === undefined) return `${clusterName}, ${region}, adds ${name} to the navigator`
  return regionNow === undefined || regionNow === region
    ? `${clusterName}, ${name}`
    : `${clusterName}, takes ${name} to ${region}`
}

/** A cluster or a service has no page of its own: the navigator shows it. */
function showCommand(
  services: Needed,
  place: PastedPlace,
  accountId: string,
  { accounts }: Known,
): Command | ErrorValue {
  const { clusterName, serviceName } = place
  const isReached = [...accounts.accounts.map(({ account }) => account), ...accounts.others].some(
    (account) => account.accountId === accountId,
  )
  if (!isReached) return noAccountFor(place)
  return {
    id: `link.show.${accountId}`,
    icon: MatchedIcon,
    title: serviceName === undefined ? `Show cluster ${clusterName}` : `Show service ${serviceName}`,
    group: whereIs({ ...place, accountId }, accounts),
    run: () => show(services, place, accountId, accounts),
  }
}

function show(
  { core, interface: interfaceStore, navigator, settings }: Needed,
  { region, clusterName, serviceName }: PastedPlace,
  accountId: string,
  { accounts }: AccountsState,
): void {
  const { settings: now } = settings.getState()
  const view = accounts.find(({ account }) => account.accountId === accountId)
  if (view === undefined) void changeSettings(core, settings, chosenAccount(now, accountId))
  if (view?.scope?.region !== region)
    void changeSettings(core, settings, chosenRegion(settings.getState().settings, region, accountId))
  const terms = [`account:${accountId}`, `cluster:${clusterName}`]
  if (serviceName !== undefined) terms.push(`service:${serviceName}`)
  navigator.setState({ filter: terms.join(' '), selectedId: undefined, target: undefined })
  interfaceStore.setState({ navigatorShown: true })
}

function beforeSignIn(services: Needed, place: PastedPlace): Pasted {
  const { accountId } = place
  if (accountId === undefined || !leadsToTask(place))
    return {
      commands: [],
      problem: {
        code: 'SSO_NOT_SIGNED_IN',
        message: 'Sign in to see what this address leads to.',
        action: 'It names no account.',
        retryable: true,
      },
    }
  const link = linkOf(place, accountId)
  const command = {
    id: `link.follow.${accountId}`,
    icon: MatchedIcon,
    title: titleOf(link),
    group: 'Once you are signed in',
    run: () => services.links.follow(link),
  }
  return { commands: [command] }
}

function noAccountFor({ region, accountId }: PastedPlace): ErrorValue {
  return {
    code: 'NOT_FOUND',
    message: `None of your sign-ins reaches ${accountId ?? region}.`,
    action: 'Sign in to the organization that has it, then paste the address again.',
    retryable: false,
  }
}

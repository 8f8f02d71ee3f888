import type { ErrorValue } from '../../../contract/errors.ts'
import type { Link } from '../../../contract/link.ts'
import type { HandedRecording } from '../../../contract/recording-file.ts'
import { showToast } from '../../ui/toast.tsx'
import { disposeTogether } from '../disposables.ts'
import { taskDocument } from '../documents/document.ts'
import type { Services } from '../services.ts'
import { hasWorkspace } from '../stores/identities-store.ts'
import { chosenAccount, chosenRegion } from '../stores/preferences.ts'
import { changeSettings } from '../stores/settings-store.ts'
import { findLinkTarget } from './find-link-target.ts'

type Needed = Pick<
  Services,
  'core' | 'accounts' | 'catalog' | 'identities' | 'interface' | 'links' | 'settings' | 'workspace'
>

/**
 * Follows links into this window, from outside and from the palette. A link waits until its person
 * is signed in and its cluster was read; then it opens, or says why it cannot.
 */
export function followLinks(
  services: Needed,
  openRecording: (recording: HandedRecording) => void,
  tell: (error: ErrorValue) => void = tellInToast,
): Disposable {
  const { core, accounts, catalog, identities, links } = services
  let waiting: Link[] = []

  const look = () => {
    const before = waiting
    waiting = []
    for (const link of before) if (!follow(services, link, tell)) waiting.push(link)
  }
  const take = async () => {
    const arrived = await core.call('window.takeLinks', {})
    if (!arrived.ok) return
    for (const one of arrived.value) {
      if ('refused' in one) tell(one.refused)
      else if ('recording' in one) openRecording(one.recording)
      else add(one.link)
    }
    look()
  }
  const add = (link: Link) => {
    waiting.push(link)
    const { identities: known } = identities.getState()
    if (known !== undefined && !hasWorkspace(identities.getState())) tell(signInFirst(link))
  }
  return disposeTogether(
    core.onConnected(() => void take()),
    core.on('window.linksWaiting', () => void take()),
    links.onFollow((link) => {
      add(link)
      look()
    }),
    ...[accounts, catalog, identities].map((store) => ({ [Symbol.dispose]: store.subscribe(look) })),
  )
}

/** @returns whether the link is done with */
function follow(services: Needed, link: Link, tell: (error: ErrorValue) => void): boolean {
  const { core, accounts, catalog, identities, settings } = services
  const signedIn = hasWorkspace(identities.getState())
  const search = findLinkTarget(link, accounts.getState(), catalog.getState(), signedIn)
  switch (search.state) {
    case 'found':
      open(services, search.target)
      return true
    case 'nowhere':
      tell(search.error)
      return true
    case 'other-region': {
      const { settings: now } = settings.getState()
      if (now.regions[link.accountId] !== link.region)
        void changeSettings(core, settings, chosenRegion(now, link.region, link.accountId))
      return false
    }
    case 'not-in-view': {
      const { settings: now } = settings.getState()
      if (!now.recentAccounts.includes(link.accountId))
        void changeSettings(core, settings, chosenAccount(now, link.accountId))
      return false
    }
    case 'searching':
      return false
  }
}

/** A page may be opened by whoever made the link; a shell is opened by the person in front of it. */
function open(
  { interface: interfaceStore, workspace }: Needed,
  target: Extract<ReturnType<typeof findLinkTarget>, { state: 'found' }>['target'],
): void {
  if (target.kind === 'task') workspace.open(taskDocument(target.task))
  else
    interfaceStore.setState({
      dialog: { kind: 'open-shell', container: target.container, split: undefined },
    })
}

function signInFirst({ accountId }: Link): ErrorValue {
  return {
    code: 'SSO_NOT_SIGNED_IN',
    message: `Sign in to follow the link to account ${accountId}.`,
    action: 'It opens once you are signed in.',
    retryable: true,
  }
}

function tellInToast({ message, action }: ErrorValue): void {
  showToast({ tone: 'warn', title: message, text: action })
}

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ErrorValue } from '../../../contract/errors.ts'
import type { Identity, IdentityList, SignInAttempt } from '../../../contract/identity.ts'

export interface IdentitiesState {
  /** Absent until the core has answered for the first time. */
  readonly identities: readonly Identity[] | undefined
  /** What could not be read of the files that define them. */
  readonly problems: readonly ErrorValue[]
  /** The sign-in under way or the one that ended last. */
  readonly attempt: SignInAttempt | undefined
  /** What the core told last of any attempt: it can be faster than the answer that names the attempt. */
  readonly news: SignInAttempt | undefined
  /** Identities that were signed in at some time since the window opened. */
  readonly seenSignedIn: ReadonlySet<string>
}

export type IdentitiesStore = StoreApi<IdentitiesState>

export function createIdentitiesStore(): IdentitiesStore {
  return createStore<IdentitiesState>(() => ({
    identities: undefined,
    problems: [],
    attempt: undefined,
    news: undefined,
    seenSignedIn: new Set(),
  }))
}

export function withIdentities(state: IdentitiesState, list: IdentityList): IdentitiesState {
  const signedIn = list.identities.filter((identity) => identity.state === 'signed-in').map(({ id }) => id)
  return { ...state, ...list, seenSignedIn: new Set([...state.seenSignedIn, ...signedIn]) }
}

/** The attempt that was asked for, as it is by now. */
export function withBegun(state: IdentitiesState, begun: SignInAttempt): IdentitiesState {
  return { ...state, attempt: state.news?.attemptId === begun.attemptId ? state.news : begun }
}

/** News of an attempt that was given up in favour of another must not replace it. */
export function withNews(state: IdentitiesState, news: SignInAttempt): IdentitiesState {
  return { ...state, news, attempt: state.attempt?.attemptId === news.attemptId ? news : state.attempt }
}

/**
 * Whether the workspace is shown rather than the first-run screen. A token that
 * ends in mid-work leaves the workspace where it is: shells keep running.
 */
export function hasWorkspace(state: IdentitiesState): boolean {
  return (state.identities ?? []).some(
    ({ id, state: now }) => now === 'signed-in' || (now === 'expired' && state.seenSignedIn.has(id)),
  )
}

/** Identities whose token ended while this window was in use. */
export function endedIdentities(state: IdentitiesState): Identity[] {
  return (state.identities ?? []).filter(
    ({ id, state: now }) => now === 'expired' && state.seenSignedIn.has(id),
  )
}

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Access, AccessRoles } from '../../../contract/access.ts'

/** What every identity may choose from, as far as the core has said. */
export interface AccessState {
  readonly byIdentity: Readonly<Record<string, Access>>
}

export type AccessStore = StoreApi<AccessState>

export function createAccessStore(): AccessStore {
  return createStore<AccessState>(() => ({ byIdentity: {} }))
}

export function withAccess(state: AccessState, access: Access): AccessState {
  return { byIdentity: { ...state.byIdentity, [access.identityId]: access } }
}

/** Adds what was read since; the accounts stay as they are. */
export function withRoles(state: AccessState, news: AccessRoles): AccessState {
  const known = state.byIdentity[news.identityId]
  if (known === undefined) return state
  const { reading: _, ...rest } = known
  return withAccess(state, {
    ...rest,
    roles: { ...known.roles, ...news.roles },
    roleProblems: withoutRead({ ...known.roleProblems, ...news.roleProblems }, news),
    ...(news.reading === undefined ? {} : { reading: news.reading }),
  })
}

/** An account whose roles have come has no problem any more. */
function withoutRead(problems: Access['roleProblems'], { roles, roleProblems }: AccessRoles) {
  return Object.fromEntries(Object.entries(problems).filter(([id]) => !(id in roles) || id in roleProblems))
}

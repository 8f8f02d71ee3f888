import type { Services } from '../../app/services.ts'
import { openAudit } from './audit-parts.ts'
import { initialState, type SearchState, searchOf } from './search-state.ts'

/** Shows a search; what it does not say is as at first. */
export function openSearch(services: Services, search: Partial<SearchState>): void {
  searchOf(services).setState({ ...initialState, ...search })
  openAudit(services, 'search')
}

/** Shows what a person did, or what was done in a service, in the last 90 days. */
export function openActivity(services: Services, filters: SearchState['filters']): void {
  openSearch(services, { range: '90', filters })
}

import type { Services } from '../../app/services.ts'
import { openAudit } from './audit-parts.ts'
import { initialState, type SearchState, searchOf } from './search-state.ts'

/** Shows what a person did, or what was done in a service, in the last 90 days. */
export function openActivity(services: Services, filters: SearchState['filters']): void {
  searchOf(services).setState({ ...initialState, range: '90', filters })
  openAudit(services, 'search')
}

import { createStore, type StoreApi } from 'zustand/vanilla'
import { auditDocument } from '../../app/documents/document.ts'
import type { Services } from '../../app/services.ts'

/** What the audit document shows: the search, shells that only files told of, or what was done to the record. */
export type AuditPart = 'search' | 'imported' | 'record'

const stores = new WeakMap<Services, StoreApi<{ part: AuditPart }>>()

/** Kept while the window lives: another tab in front loses nothing. */
export function partOf(services: Services): StoreApi<{ part: AuditPart }> {
  const known = stores.get(services)
  if (known !== undefined) return known
  const created = createStore(() => ({ part: 'search' as AuditPart }))
  stores.set(services, created)
  return created
}

export function openAudit(services: Services, part: AuditPart): void {
  partOf(services).setState({ part })
  services.workspace.open(auditDocument)
}

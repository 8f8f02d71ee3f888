import type { AuditEvent } from '../ledger/audit-events.ts'
import { canonicalJson, wellFormed } from '../ledger/canonical-json.ts'
import { addCounts, type RedactionCounts, redact, redactionCount } from '../redaction/redact.ts'

/**
 * An event without secrets. What AWS said of the task is left out: it holds the
 * environment of containers, where nothing tells a secret from a setting.
 */
export function redactedEvent(event: AuditEvent & { recordedAt?: number }, counts: RedactionCounts): string {
  const { snapshot: _, ...rest } = event as AuditEvent & { snapshot?: unknown }
  return canonicalJson(wellFormed(redactValue(rest, counts)))
}

function redactValue(value: unknown, counts: RedactionCounts): unknown {
  if (typeof value === 'string') return redactText(value, counts)
  if (Array.isArray(value)) return value.map((element) => redactValue(element, counts))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, redactValue(member, counts)]),
  )
}

/** Text without secrets; the same text, escape sequences and all, when it has none. */
export function redactText(text: string, counts: RedactionCounts): string {
  const redacted = redact(text)
  addCounts(counts, redacted.counts)
  return redactionCount(redacted.counts) === 0 ? text : redacted.text
}

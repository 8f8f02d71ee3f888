import { maybeSecret, type SecretKind, secretRules } from './secret-rules.ts'

/** How many of each kind were taken out. */
export type RedactionCounts = Partial<Record<SecretKind, number>>

interface Found {
  kind: SecretKind
  start: number
  end: number
}

/**
 * One line with its secrets replaced by `‹redacted:kind:length›`. A line longer
 * than a terminal ever wraps costs more than it tells; the stream cuts those.
 */
export function redactLine(line: string, counts: RedactionCounts): string {
  if (!maybeSecret.test(line)) return line
  const found = findSecrets(line)
  if (found.length === 0) return line
  let redacted = ''
  let position = 0
  for (const { kind, start, end } of found) {
    redacted += line.slice(position, start) + replacement(kind, end - start)
    position = end
    count(counts, kind)
  }
  return redacted + line.slice(position)
}

export function replacement(kind: SecretKind, length: number): string {
  return `‹redacted:${kind}:${length}›`
}

export function count(counts: RedactionCounts, kind: SecretKind): void {
  counts[kind] = (counts[kind] ?? 0) + 1
}

/** What an earlier pass left behind. */
const alreadyRedacted = /‹redacted:[a-z-]+:\d+›/g

/** In order, without overlaps: what overlaps is one secret, named by the earliest rule that found a part of it. */
function findSecrets(line: string): Found[] {
  const done = [...line.matchAll(alreadyRedacted)].map(({ index, 0: text }) => [index, index + text.length])
  const found: Found[] = []
  for (const { kind, pattern } of secretRules) {
    for (const match of line.matchAll(pattern)) {
      const start = match.index
      const end = start + match[0].length
      if (done.some(([from = 0, to = 0]) => start < to && end > from)) continue
      addMerged(found, { kind, start, end })
    }
  }
  return found.sort((left, right) => left.start - right.start)
}

function addMerged(found: Found[], added: Found): void {
  let merged = added
  for (let index = found.length - 1; index >= 0; index--) {
    const other = found[index] as Found
    if (other.start >= merged.end || other.end <= merged.start) continue
    merged = {
      kind: other.kind,
      start: Math.min(other.start, merged.start),
      end: Math.max(other.end, merged.end),
    }
    found.splice(index, 1)
  }
  found.push(merged)
}

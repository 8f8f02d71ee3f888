/** What a filter can ask for by name; everything else is looked for in names. */
export const filterFields = [
  'account',
  'region',
  'cluster',
  'service',
  'task',
  'container',
  'image',
  'tag',
  'is',
  'env',
] as const
export type FilterField = (typeof filterFields)[number]

/** One thing to find, in small letters; without a field anywhere in a name. */
export interface FilterTerm {
  readonly field: FilterField | undefined
  readonly value: string
}

/** What a row can be found by. All in small letters. */
export interface RowFacts {
  readonly name: string
  readonly fields: Readonly<Partial<Record<FilterField, readonly string[]>>>
}

/** Spaces divide terms except inside of double quotes; a quote that is still being typed runs to the end. */
const termPattern = /(?:[^\s"]|"[^"]*(?:"|$))+/g

/**
 * `storefront env:production is:ready tag:team="web shop"`. A word before a
 * colon that names no field is looked for as it stands: `api:17` is a revision.
 * A field without a value asks for nothing yet.
 */
export function parseFilter(text: string): FilterTerm[] {
  return (text.toLowerCase().match(termPattern) ?? []).flatMap((raw): FilterTerm[] => {
    const term = raw.replaceAll('"', '')
    const colon = term.indexOf(':')
    const field = filterFields.find((known) => known === term.slice(0, Math.max(0, colon)))
    const value = field === undefined ? term : term.slice(colon + 1)
    return value === '' ? [] : [{ field, value }]
  })
}

/** Whether it asks for tasks that have stopped, of which only ECS itself can tell. */
export function asksForStopped(terms: readonly FilterTerm[]): boolean {
  return terms.some(({ field, value }) => field === 'is' && 'stopped'.startsWith(value) && value.length > 2)
}

/** Values of these are words of our own, of which the beginning is enough; names hold what is looked for. */
const wordFields: ReadonlySet<FilterField> = new Set(['is', 'env'])

function isFound({ field, value }: FilterTerm, { name, fields }: RowFacts): boolean {
  if (field === undefined) return name.includes(value)
  const values = fields[field] ?? []
  return values.some((each) => (wordFields.has(field) ? each.startsWith(value) : each.includes(value)))
}

/** The terms that a row does not answer; they must be answered further down. */
export function unanswered(terms: readonly FilterTerm[], facts: () => RowFacts): readonly FilterTerm[] {
  if (terms.length === 0) return terms
  const row = facts()
  return terms.filter((term) => !isFound(term, row))
}

/** `team=web` of every tag. */
export function tagFacts(tags: Readonly<Record<string, string>>): string[] {
  return Object.entries(tags).map(([key, value]) => `${key}=${value}`.toLowerCase())
}

/** The language in a few lines, for whoever points at the box or found nothing. */
export const filterHelp = [
  'Names of anything, or field:value. Several must all fit.',
  'account:  region:  cluster:  service:  task:  container:  image:',
  'tag:team=web   env:production',
  'is:ready   is:blocked   is:touched   is:stopped',
].join('\n')

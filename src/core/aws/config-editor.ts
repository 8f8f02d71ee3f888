import { PortholeError } from '../../contract/errors.ts'
import {
  type AwsConfig,
  type ConfigLine,
  type ConfigSection,
  formatAwsConfig,
  parseAwsConfig,
} from './config-file.ts'

/** What to change in one section, which is made at the end of the file when it is not there. */
export interface SectionEdit {
  kind: 'profile' | 'sso-session'
  name: string
  set: Readonly<Record<string, string>>
  /** Keys to take out, with everything under them. */
  unset?: readonly string[]
}

type EditedLine = Pick<ConfigLine, 'kind' | 'raw' | 'section' | 'key'>

/**
 * The file's text with some settings changed. Comments, order, blank lines, line
 * ends and everything that is not named stay byte for byte as they are.
 *
 * @param edits one per section
 * @throws {PortholeError} INVALID_REQUEST for a name or value that the file cannot hold
 */
export function editAwsConfig(config: AwsConfig, edits: readonly SectionEdit[]): string {
  for (const edit of edits) requireWritable(edit)
  const lineEnd = config.lines.some(({ raw }) => raw.endsWith('\r\n')) ? '\r\n' : '\n'
  let lines: EditedLine[] = [...config.lines]
  for (const edit of edits) lines = applyEdit(lines, edit, lineEnd)
  const text = formatAwsConfig({ lines })
  requireReadBack(config, text, edits)
  return text
}

function applyEdit(lines: readonly EditedLine[], edit: SectionEdit, lineEnd: string): EditedLine[] {
  const isOurs = ({ section }: EditedLine) => section?.kind === edit.kind && section.name === edit.name
  const unset = new Set(edit.unset ?? [])
  const kept = lines.filter((line) => !(isOurs(line) && line.key !== undefined && unset.has(line.key)))
  const newKeys = Object.entries(edit.set).filter(
    ([key]) => !kept.some((line) => isOurs(line) && line.key === key),
  )
  const changed = replaceValues(kept, isOurs, edit.set)
  const place = changed.findLastIndex((line) => isOurs(line) && !['blank', 'comment'].includes(line.kind))
  if (place === -1) return appendSection(changed, edit, lineEnd)
  const indent = indentOf(changed.findLast((line) => isOurs(line) && line.kind === 'entry')?.raw ?? '')
  const added = newKeys.map(([key, value]) => entryLine(edit, key, `${indent}${key} = ${value}${lineEnd}`))
  return insertAfter(changed, place, added, lineEnd)
}

/** Of a key given twice the last one counts, so that is the one to change. */
function replaceValues(
  lines: readonly EditedLine[],
  isOurs: (line: EditedLine) => boolean,
  set: SectionEdit['set'],
): EditedLine[] {
  const last = new Map<string, number>()
  for (const [index, line] of lines.entries())
    if (isOurs(line) && line.kind === 'entry' && line.key !== undefined) last.set(line.key, index)
  return lines.flatMap((line, index) => {
    const value = line.key !== undefined && isOurs(line) ? set[line.key] : undefined
    const at = line.key === undefined ? undefined : last.get(line.key)
    if (value === undefined || at === undefined || index < at) return [line]
    // What follows the key's last entry is the rest of the old value.
    return index === at ? [{ ...line, raw: withValue(line.raw, value) }] : []
  })
}

/** Keeps indent, the key as it was written, the separator, a comment and the line end. */
function withValue(raw: string, value: string): string {
  const [, start = '', old = '', rest = ''] =
    /^([^=:]+[=:][^\S\r\n]*)(.*?)((?:(?:(?<=[=:\s])|\s+)[#;].*)?\s*)$/s.exec(raw) ?? []
  const gap = old === '' && /[=:]$/.test(start) ? ' ' : ''
  // A comment that stood for the value would become part of it.
  const distance = /^[#;]/.test(rest) ? ' ' : ''
  return `${start}${gap}${value}${distance}${rest}`
}

function insertAfter(
  lines: readonly EditedLine[],
  place: number,
  added: readonly EditedLine[],
  lineEnd: string,
): EditedLine[] {
  if (added.length === 0) return [...lines]
  const before = lines.slice(0, place + 1).map((line) => ended(line, lineEnd))
  return [...before, ...added, ...lines.slice(place + 1)]
}

function appendSection(lines: readonly EditedLine[], edit: SectionEdit, lineEnd: string): EditedLine[] {
  const before = lines.map((line) => ended(line, lineEnd))
  const last = before.at(-1)
  const gap: EditedLine[] = last && last.kind !== 'blank' ? [{ kind: 'blank', raw: lineEnd }] : []
  const section = { kind: edit.kind, name: edit.name }
  const header: EditedLine = { kind: 'section', section, raw: `${headerOf(edit)}${lineEnd}` }
  const entries = Object.entries(edit.set).map(([key, value]) =>
    entryLine(edit, key, `${key} = ${value}${lineEnd}`),
  )
  return [...before, ...gap, header, ...entries]
}

function entryLine({ kind, name }: SectionEdit, key: string, raw: string): EditedLine {
  return { kind: 'entry', section: { kind, name }, key, raw }
}

/** Only the last line of a file can lack its end. */
function ended(line: EditedLine, lineEnd: string): EditedLine {
  return line.raw.endsWith('\n') ? line : { ...line, raw: `${line.raw}${lineEnd}` }
}

function indentOf(raw: string): string {
  return /^[ \t]*/.exec(raw)?.[0] ?? ''
}

/** The CLI wants quotes around a name with spaces; the SDK for JavaScript reads only names without. */
function headerOf({ kind, name }: SectionEdit): string {
  if (kind === 'profile' && name === 'default') return '[default]'
  return /^[\w@.:/+%-]+$/.test(name) ? `[${kind} ${name}]` : `[${kind} "${name}"]`
}

/** What the CLI, the SDKs and we read back as it was given: no quotes, brackets or comments. */
const possibleName = /^[^\s"'\\[\]#;\p{Cc}](?:[^"'\\[\]#;\p{Cc}]*[^\s"'\\[\]#;\p{Cc}])?$/u

function requireWritable({ kind, name, set }: SectionEdit): void {
  if (!possibleName.test(name)) {
    throw new PortholeError({
      code: 'INVALID_REQUEST',
      message: `"${name}" cannot be the name of a ${kind === 'profile' ? 'profile' : 'sign-in'}.`,
      action: 'Use letters, digits, spaces and any of . _ - @ : / + %.',
    })
  }
  for (const [key, value] of Object.entries(set)) {
    const isPossible = value !== '' && value === value.trim() && !/[\p{Cc}]|(^|\s)[#;]/u.test(value)
    if (isPossible && /^[a-z0-9_]+$/.test(key)) continue
    throw new PortholeError({
      code: 'INVALID_REQUEST',
      message: `The value of ${key} cannot be written to an AWS config file.`,
      action: 'Write it on one line, without " #" and " ;".',
    })
  }
}

/** Reads the new text as everybody else will. A difference would be a mistake of ours, and is not written. */
function requireReadBack(before: AwsConfig, text: string, edits: readonly SectionEdit[]): void {
  const after = parseAwsConfig(text, before.file)
  const edited = new Set(edits.map(({ kind, name }) => `${kind} ${name}`))
  const isKept = before.sections.every(
    (section) =>
      edited.has(`${section.kind} ${section.name}`) ||
      sameSettings(section, after.section(section.kind, section.name)),
  )
  const isSet = edits.every(({ kind, name, set, unset = [] }) => {
    const values = after.section(kind, name)?.values
    return (
      Object.entries(set).every(([key, value]) => values?.get(key) === value) &&
      unset.every((key) => !values?.has(key))
    )
  })
  if (isKept && isSet) return
  throw new Error(`The edit of ${before.file} would not read back as it was meant; nothing was written.`)
}

function sameSettings(left: ConfigSection, right: ConfigSection | undefined): boolean {
  const plain = (section: ConfigSection | undefined) =>
    JSON.stringify([
      ...(section?.values ?? []),
      ...[...(section?.nested ?? [])].map(([key, values]) => [key, ...values]),
    ])
  return plain(left) === plain(right)
}

import { PortholeError } from '../../contract/errors.ts'
import { isMissingFile } from '../files/error-code.ts'
import { readSmallFile } from '../files/read-small-file.ts'

/**
 * The AWS config file: `[default]`, `[profile x]`, `[sso-session x]` and
 * `[services x]` with `key = value` lines, comments and nested blocks.
 *
 * Rules where the CLI (Python's configparser) and the SDK for JavaScript differ
 * are the more permissive of the two: names with spaces, quoted or not;
 * comments after whitespace; a key indented like the one before it is a key.
 */
export interface AwsConfig {
  /** Absolute path it was read from. */
  readonly file: string
  /** Every line as it was, for an editor that changes one and keeps the rest. */
  readonly lines: readonly ConfigLine[]
  /** In the order of first appearance; repeated sections are merged. */
  readonly sections: readonly ConfigSection[]
  section(kind: SectionKind, name: string): ConfigSection | undefined
}

/** `[default]` is the profile named "default". */
export type SectionKind = 'profile' | 'sso-session' | 'services' | 'other'

export interface ConfigSection {
  kind: SectionKind
  name: string
  /** 1-based line of its first header. */
  line: number
  /** Keys in lower case. Of a key given twice the last one counts. */
  values: Map<string, string>
  /** `s3 =` followed by indented `key = value` lines. */
  nested: Map<string, Map<string, string>>
}

export interface ConfigLine {
  kind: 'blank' | 'comment' | 'section' | 'entry' | 'nested' | 'continuation'
  /** Where it stands; absent above the first header. */
  section?: Pick<ConfigSection, 'kind' | 'name'>
  /** Of an entry its key, of a line under an entry the key it belongs to. In lower case. */
  key?: string
  /** With its line ending, byte for byte as in the file. */
  raw: string
}

/** @throws {PortholeError} CONFIG_INVALID when it cannot be read or parsed; a missing file is empty */
export async function readAwsConfig(file: string): Promise<AwsConfig> {
  return parseAwsConfig(await readText(file), file)
}

async function readText(file: string): Promise<string> {
  try {
    return await readSmallFile(file)
  } catch (error) {
    if (isMissingFile(error)) return ''
    throw new PortholeError(
      {
        code: 'CONFIG_INVALID',
        message: `${file} could not be read.`,
        detail: error instanceof Error ? error.message : String(error),
        action: 'Make it a file that you may read, then try again.',
      },
      { cause: error },
    )
  }
}

/** @throws {PortholeError} CONFIG_INVALID with the number of the line that cannot be understood */
export function parseAwsConfig(text: string, file: string): AwsConfig {
  const parser = new ConfigParser(file)
  const lines = splitLines(text).map((raw, index) => parser.read(raw, index + 1))
  return {
    file,
    lines,
    sections: [...parser.sections.values()],
    section: (kind, name) => parser.sections.get(sectionKey(kind, name)),
  }
}

/** The file's text; the same as what was parsed as long as no line was changed. */
export function formatAwsConfig(config: Pick<AwsConfig, 'lines'>): string {
  return config.lines.map((line) => line.raw).join('')
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function sectionKey(kind: SectionKind, name: string): string {
  return `${kind} ${name}`
}

/** The key whose value may go on in the next lines. */
interface OpenKey {
  name: string
  indent: number
}

class ConfigParser {
  readonly sections = new Map<string, ConfigSection>()
  private readonly file: string
  private current: ConfigSection | undefined
  private openKey: OpenKey | undefined

  constructor(file: string) {
    this.file = file
  }

  read(raw: string, line: number): ConfigLine {
    const kind = this.readKind(raw, line)
    const { current: section, openKey } = this
    const isOfKey = kind === 'entry' || kind === 'nested' || kind === 'continuation'
    return { kind, raw, ...(section && { section }), ...(isOfKey && openKey && { key: openKey.name }) }
  }

  private readKind(raw: string, line: number): ConfigLine['kind'] {
    const text = raw.replace(/^\uFEFF/, '').trimEnd()
    const content = text.trimStart()
    if (content === '') return 'blank'
    if (/^[#;]/.test(content)) return 'comment'
    const indent = text.length - content.length
    if (this.current && this.openKey && indent > this.openKey.indent) {
      return this.readIndented(this.current, this.openKey.name, content, line)
    }
    return content.startsWith('[') ? this.readHeader(content, line) : this.readEntry(content, indent, line)
  }

  private readHeader(content: string, line: number): 'section' {
    const [, inside] = /^\[([^\]]*)\]\s*([#;].*)?$/.exec(content) ?? []
    if (inside === undefined) throw this.problem(line, 'has a section header that does not end with "]"')
    const { kind, name } = readSectionName(inside)
    if (name === '') throw this.problem(line, 'has a section header without a name')
    const key = sectionKey(kind, name)
    this.current = this.sections.get(key) ?? { kind, name, line, values: new Map(), nested: new Map() }
    this.sections.set(key, this.current)
    this.openKey = undefined
    return 'section'
  }

  private readEntry(content: string, indent: number, line: number): 'entry' {
    const entry = splitEntry(content)
    if (!entry) throw this.problem(line, 'is not a [section], a "key = value" or a comment')
    if (!this.current) throw this.problem(line, 'has a setting before the first [section]')
    this.current.values.set(entry.key, entry.value)
    this.current.nested.delete(entry.key)
    this.openKey = { name: entry.key, indent }
    return 'entry'
  }

  /** After `key =` an indented line is a nested setting, after `key = value` more of the value. */
  private readIndented(section: ConfigSection, key: string, content: string, line: number) {
    const value = section.values.get(key)
    if (value) {
      section.values.set(key, `${value}\n${withoutComment(content)}`)
      return 'continuation'
    }
    const entry = splitEntry(content)
    if (!entry) throw this.problem(line, `is indented under "${key}" but is not a "key = value"`)
    const block = section.nested.get(key) ?? new Map<string, string>()
    block.set(entry.key, entry.value)
    section.nested.set(key, block)
    return 'nested'
  }

  /** The line itself is not quoted: it may hold a secret. */
  private problem(line: number, what: string): PortholeError {
    return new PortholeError({
      code: 'CONFIG_INVALID',
      message: `Line ${line} of ${this.file} ${what}.`,
      action: 'Correct that line, then try again.',
    })
  }
}

function readSectionName(inside: string): { kind: SectionKind; name: string } {
  const content = inside.trim()
  const [, kind, rest] = /^(profile|sso-session|services)\s+(.*)$/.exec(content) ?? []
  if (kind && rest !== undefined) return { kind: kind as SectionKind, name: unquote(rest.trim()) }
  return content === 'default' ? { kind: 'profile', name: content } : { kind: 'other', name: content }
}

function unquote(name: string): string {
  return /^(["'])(.*)\1$/.exec(name)?.[2] ?? name
}

function splitEntry(content: string): { key: string; value: string } | undefined {
  const at = content.search(/[=:]/)
  if (at <= 0) return undefined
  const key = content.slice(0, at).trim().toLowerCase()
  return { key, value: withoutComment(content.slice(at + 1)).trim() }
}

function withoutComment(value: string): string {
  return value.replace(/(^|\s)[#;].*$/, '')
}

import type { CommandOutput } from '../../../contract/audit.ts'
import { CommandList, type RecordedCommand } from '../../../contract/command-marker.ts'
import { redact } from '../redaction/redact.ts'

/** More than anybody pastes; a log that was printed whole is in the export. */
const mostCharacters = 4 * 1024 * 1024

/**
 * Signs that Unicode keeps for use inside a program stand in the output where
 * something was said beside it. What the shell itself says: `start`, `end`.
 * Where the recorder had seen that a command began: `begun`, `next`.
 */
const signs = { start: '\ufdd0', end: '\ufdd1', begun: '\ufdd2', next: '\ufdd3' }
const anySign = /[\ufdd0-\ufdd3]/g

// biome-ignore lint/suspicious/noControlCharactersInRegex: OSC begins and ends with them
const shellMark = /\x1b\](?:133|633);([CD])[^\x07\x1b]{0,200}(?:\x07|\x1b\\)/g

/** Shells switch bracketed paste with every line and go to its beginning, which is no line of its own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const pasteSwitch = /\x1b\[\?2004[hl]\r?/g

// As our own recorder writes an event.
const eventLine = /^\[([\d.]+), "([om])", (".*")\]$/

/**
 * What one command of a recording printed: plain text without escape sequences
 * and secrets, without its prompt and what was typed. Exact where the shell
 * marked its commands; else from the line that shows the command to the line
 * that shows the next one.
 *
 * @param index its place among the entries of `readCommands`
 * @returns undefined when there is no such command
 */
export async function readCommandOutput(
  readPage: (offset: number) => Promise<{ text: string; nextOffset?: number }>,
  index: number,
): Promise<CommandOutput | undefined> {
  const collected = new CollectedOutput(index)
  for (let offset: number | undefined = 0; offset !== undefined && !collected.isComplete; ) {
    const page = await readPage(offset)
    for (const line of page.text.split('\n')) collected.push(line)
    offset = page.nextOffset
  }
  const command = collected.command
  if (command === undefined) return undefined
  const shown = redact(
    collected.raw
      .replace(pasteSwitch, '')
      .replace(shellMark, (_, mark) => (mark === 'C' ? signs.start : signs.end)),
  )
  const text = outputIn(shown.text, command, collected).replace(anySign, '')
  return { text, redactions: text.match(/‹redacted:[^›]*›/g)?.length ?? 0, isCut: collected.isCut }
}

/** The stretch of a recording in which a command, its output and the next command's line are. */
class CollectedOutput {
  readonly #index: number
  readonly #list = new CommandList()
  raw = ''
  /** Commands whose lines came in the same piece of output: they were pasted together. */
  together: RecordedCommand[] = []
  next: RecordedCommand | undefined
  isComplete = false
  isCut = false
  #elapsed = 0
  #lastOutput = ''
  #outputSinceBegun = false

  constructor(index: number) {
    this.#index = index
  }

  get command(): RecordedCommand | undefined {
    const entry = this.#list.entries[this.#index]
    return entry?.kind === 'command' ? entry : undefined
  }

  push(line: string): void {
    const [, interval, code, data] = eventLine.exec(line) ?? []
    if (data === undefined || this.isComplete) return
    this.#elapsed += Math.round(Number(interval) * 1000)
    if (code === 'o') this.#output(textOf(data))
    else this.#marker(textOf(data))
  }

  #output(text: string): void {
    this.#lastOutput = text.replace(anySign, '')
    this.raw += this.#lastOutput
    this.#outputSinceBegun = true
    if (this.raw.length <= mostCharacters) return
    if (this.command === undefined) this.raw = this.raw.slice(-mostCharacters / 2)
    else this.isCut = this.isComplete = true
  }

  #marker(label: string): void {
    const before = this.#list.entries.length
    if (this.#list.add(this.#elapsed, label)?.kind !== 'begin') return
    const entry = this.#list.entries[before]
    if (entry?.kind !== 'command') return
    if (before < this.#index) this.raw = this.#lastOutput
    else if (before === this.#index) {
      this.raw += signs.begun
      this.#outputSinceBegun = false
    } else this.#later(entry)
  }

  /** One that came after ours: the next one's line ends what ours printed. */
  #later(entry: RecordedCommand): void {
    if (!this.#outputSinceBegun) this.together.push(entry)
    else if (this.next !== undefined || this.together.length > 0) this.isComplete = true
    this.next ??= entry
    if (this.next === entry) this.raw += signs.next
  }
}

function outputIn(
  text: string,
  command: RecordedCommand,
  { together, next }: Pick<CollectedOutput, 'together' | 'next'>,
): string {
  const seen = placeOf(text, signs.begun)
  const echo = echoOf(text, command.text, seen, together.filter((each) => each.text === command.text).length)
  const marked = command.source === 'marks' ? startMark(text, seen, together.length) : -1
  const start = marked === -1 ? (echo?.end ?? (command.source === 'api' ? 0 : seen)) : marked + 1
  const end = command.source === 'marks' ? text.indexOf(signs.end, start) : -1
  if (end !== -1) return text.slice(start, end)
  if (next === undefined) return withoutPrompt(text.slice(start), echo?.prompt)
  const nextSeen = placeOf(text, signs.next)
  const following = echoOf(text, next.text, nextSeen, 0, together.length > 0 ? start : 0)
  const until = following === undefined || following.begin < start ? nextSeen : following.begin
  return withoutPrompt(text.slice(start, Math.max(start, until)), echo?.prompt)
}

function placeOf(text: string, sign: string): number {
  const place = text.indexOf(sign)
  return place === -1 ? text.length : place
}

/** The mark of the shell that a command began: the last one before it was seen, but for those pasted with it. */
function startMark(text: string, seen: number, later: number): number {
  let place = seen
  for (let count = 0; count <= later && place !== -1; count += 1)
    place = place === 0 ? -1 : text.lastIndexOf(signs.start, place - 1)
  return place
}

interface Echo {
  begin: number
  end: number
  prompt: string
}

/** The last line before `before` that shows the command, or the one so many before it; after `from`, the first. */
function echoOf(text: string, command: string, before: number, skip: number, from = 0): Echo | undefined {
  const typed = command.slice(command.lastIndexOf('\n') + 1).trimEnd()
  const found: Echo[] = []
  for (let begin = text.lastIndexOf('\n', from - 1) + 1; begin < before; ) {
    const lineEnd = text.indexOf('\n', begin)
    const end = lineEnd === -1 ? text.length : lineEnd + 1
    const line = text.slice(begin, end).replace(anySign, '').trimEnd()
    if (line.endsWith(typed) && typed !== '')
      found.push({ begin, end, prompt: line.slice(0, line.length - typed.length) })
    begin = end
  }
  return from > 0 ? found.find(({ begin }) => begin >= from) : found.at(-1 - skip)
}

/** Lines at the end on which only the prompt stands: Enter was pressed, or nothing yet. */
function withoutPrompt(output: string, prompt: string | undefined): string {
  const bare = prompt?.trimEnd()
  if (bare === undefined || bare === '') return output
  const lines = output.replace(anySign, '').split('\n')
  const isBare = (line: string | undefined) => line?.trimEnd() === bare
  const unfinished = lines.pop()
  if (unfinished !== '' && !isBare(unfinished)) return output
  while (isBare(lines.at(-1))) lines.pop()
  return lines.map((line) => `${line}\n`).join('')
}

function textOf(data: string): string {
  try {
    const text: unknown = JSON.parse(data)
    return typeof text === 'string' ? text : ''
  } catch {
    return ''
  }
}

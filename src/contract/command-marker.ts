import { z } from 'zod'

/**
 * Where a command is known from. `marks`: the shell announced it. `echo`: read
 * from the screen, likely and no more. `api`: what ECS was asked to run.
 */
export const commandSourceSchema = z.enum(['marks', 'echo', 'api'])
export type CommandSource = z.infer<typeof commandSourceSchema>

/** How sure it is that this very text ran. */
export const commandConfidenceSchema = z.enum(['exact', 'likely'])

/** A command of a session; times are milliseconds since the recording began. */
export const recordedCommandSchema = z.object({
  kind: z.literal('command'),
  startedAt: z.number().int().nonnegative(),
  /** Absent while it runs, and after a crash. */
  endedAt: z.number().int().nonnegative().optional(),
  /** Secrets taken out as `‹redacted:kind:length›`; lines separated by \n. */
  text: z.string(),
  /** Secrets that were taken out of the text. */
  redactions: z.number().int().nonnegative(),
  exitCode: z.number().int().optional(),
  source: commandSourceSchema,
  confidence: commandConfidenceSchema,
})
export type RecordedCommand = z.infer<typeof recordedCommandSchema>

/** A program asked for a password. What was typed is nowhere. */
export const secretPromptSchema = z.object({
  kind: z.literal('secret-prompt'),
  startedAt: z.number().int().nonnegative(),
})

/** Somebody paused the recording: what was shown meanwhile is nowhere. */
export const recordingGapSchema = z.object({
  kind: z.literal('gap'),
  startedAt: z.number().int().nonnegative(),
  /** Absent while it lasts, and when the session ended in it. */
  endedAt: z.number().int().nonnegative().optional(),
})

export const commandEntrySchema = z.discriminatedUnion('kind', [
  recordedCommandSchema,
  secretPromptSchema,
  recordingGapSchema,
])
export type CommandEntry = z.infer<typeof commandEntrySchema>

/**
 * What the markers of a recording say about commands. The labels are for people
 * too: any player of asciicast shows them. `$ ls` begins a command that marks
 * announced, `≈ ls` one read from the screen, `» ls` one that ECS was asked to
 * run; `… done` goes on with the text, `exit 1 after 84 ms` or
 * `ended after 84 ms` ends the innermost that runs: in the shell that `$ su -`
 * started, others begin and end before it does.
 */
export type CommandMarker =
  | { kind: 'begin'; source: CommandSource; text: string }
  | { kind: 'continue'; text: string }
  | { kind: 'end'; exitCode?: number; milliseconds: number }
  | { kind: 'secret-prompt' }
  | { kind: 'unlisted' }
  | { kind: 'pause' }
  | { kind: 'resume' }

const signOf: Record<CommandSource, string> = { marks: '$', echo: '≈', api: '»' }
const sourceOf = new Map(Object.entries(signOf).map(([source, sign]) => [sign, source as CommandSource]))
const continuation = '…'
const secretPromptLabel = 'Password prompt'
const unlistedLabel = 'More commands than anybody types: not all are listed'
const pauseLabel = 'Recording paused'
const resumeLabel = 'Recording resumed'
const endPattern = /^(?:exit (\d{1,10})|ended) after (\d{1,15}) ms$/
const redactionPattern = /‹redacted:[^›]*›/g

export function commandMarkerLabel(marker: CommandMarker): string {
  switch (marker.kind) {
    case 'begin':
      return `${signOf[marker.source]} ${marker.text}`
    case 'continue':
      return `${continuation} ${marker.text}`
    case 'end': {
      const how = marker.exitCode === undefined ? 'ended' : `exit ${marker.exitCode}`
      return `${how} after ${Math.max(0, Math.round(marker.milliseconds))} ms`
    }
    case 'secret-prompt':
      return secretPromptLabel
    case 'unlisted':
      return unlistedLabel
    case 'pause':
      return pauseLabel
    case 'resume':
      return resumeLabel
  }
}

/** Undefined for labels that speak of something else, e.g. `Connection lost`. */
function parseCommandMarker(label: string): CommandMarker | undefined {
  if (label === secretPromptLabel) return { kind: 'secret-prompt' }
  if (label === unlistedLabel) return { kind: 'unlisted' }
  if (label === pauseLabel) return { kind: 'pause' }
  if (label === resumeLabel) return { kind: 'resume' }
  const end = endPattern.exec(label)
  if (end !== null) {
    const [, exitCode, milliseconds] = end
    return {
      kind: 'end',
      ...(exitCode !== undefined && { exitCode: Number(exitCode) }),
      milliseconds: Number(milliseconds),
    }
  }
  if (label[1] !== ' ') return undefined
  const text = label.slice(2)
  if (label[0] === continuation) return { kind: 'continue', text }
  const source = sourceOf.get(label[0] ?? '')
  return source === undefined ? undefined : { kind: 'begin', source, text }
}

/** How deep commands lie in each other at most: what lost its end, in a pause or a crash, must not pile up. */
const deepestCommand = 8

/** Builds the list of a recording's commands from its markers, in the order in which they stand there. */
export class CommandList {
  readonly entries: CommandEntry[] = []
  /** Those that run, the innermost last, by their places in `entries`. */
  readonly #running: number[] = []

  /** @param at milliseconds since the recording began */
  add(at: number, label: string): CommandMarker | undefined {
    const marker = parseCommandMarker(label)
    if (marker === undefined) return undefined
    const now = Math.round(at)
    if (marker.kind === 'begin') this.#begin(now, marker.source, marker.text)
    else if (marker.kind === 'secret-prompt') this.entries.push({ kind: 'secret-prompt', startedAt: now })
    else if (marker.kind === 'pause') this.entries.push({ kind: 'gap', startedAt: now })
    else if (marker.kind === 'resume') this.#endGap(now)
    else if (marker.kind === 'continue') this.#goOn(marker.text)
    else if (marker.kind === 'end') this.#end(now, marker)
    return marker
  }

  #endGap(now: number): void {
    const index = this.entries.findLastIndex(({ kind }) => kind === 'gap')
    const gap = this.entries[index]
    if (gap?.kind === 'gap' && gap.endedAt === undefined) this.entries[index] = { ...gap, endedAt: now }
  }

  #begin(now: number, source: CommandSource, text: string): void {
    this.entries.push({
      kind: 'command',
      startedAt: now,
      text,
      redactions: countRedactions(text),
      source,
      confidence: source === 'echo' ? 'likely' : 'exact',
    })
    this.#running.push(this.entries.length - 1)
    if (this.#running.length > deepestCommand) this.#running.shift()
  }

  // Replaced and not changed, here and below: whoever draws the list compares by identity.
  #goOn(text: string): void {
    const index = this.#running.at(-1) ?? -1
    const command = this.entries[index]
    if (command?.kind === 'command') this.entries[index] = withLine(command, text)
  }

  #end(now: number, marker: Extract<CommandMarker, { kind: 'end' }>): void {
    if (this.#beganInGap(now - marker.milliseconds)) return
    const index = this.#running.pop() ?? -1
    const command = this.entries[index]
    if (command?.kind === 'command') this.entries[index] = ended(command, now, marker)
  }

  /** What began while the recording was paused is not listed, and its end is nobody else's. */
  #beganInGap(at: number): boolean {
    return this.entries.some(
      (entry) => entry.kind === 'gap' && at > entry.startedAt && at < (entry.endedAt ?? 0),
    )
  }
}

function withLine(command: RecordedCommand, line: string): RecordedCommand {
  return {
    ...command,
    text: `${command.text}\n${line}`,
    redactions: command.redactions + countRedactions(line),
  }
}

/** A shell that announces only ends is known late: then the duration says when it began. */
function ended(
  command: RecordedCommand,
  now: number,
  { exitCode, milliseconds }: Extract<CommandMarker, { kind: 'end' }>,
): RecordedCommand {
  const startedAt = Math.max(0, Math.min(command.startedAt, now - milliseconds))
  return {
    ...command,
    startedAt,
    endedAt: startedAt + milliseconds,
    ...(exitCode !== undefined && { exitCode }),
  }
}

function countRedactions(text: string): number {
  return text.match(redactionPattern)?.length ?? 0
}

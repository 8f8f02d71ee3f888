import { z } from 'zod'
import { type TerminalSize, terminalSizeSchema } from '../../../contract/session.ts'

/** What a recording says of itself. Whoever wrote the file chose the words; any of them may be missing. */
export interface CastFacts {
  title?: string | undefined
  /** What was recorded, as it was typed for the recorder. */
  command?: string | undefined
  /** Milliseconds since 1970. */
  startedAt?: number | undefined
  shell?: string | undefined
  /** The terminal's TERM. */
  terminalType?: string | undefined
}

export interface CastHeader {
  version: 2 | 3
  size: TerminalSize
  facts: CastFacts
}

/** The recording cannot be replayed, or not beyond some place. */
export class CastError extends Error {
  readonly detail: string | undefined
  /** What to do about it, where that is not the same for every recording. */
  readonly action: string | undefined

  constructor(message: string, { detail, action }: { detail?: string; action?: string } = {}) {
    super(message)
    this.name = 'CastError'
    this.detail = detail
    this.action = action
  }
}

/** A fact of the wrong kind is no fact, and no reason to refuse the film. */
const textSchema = z.string().optional().catch(undefined)
/** Seconds; the last one that a date can have. */
const timestampSchema = z.number().min(0).max(8.64e12).optional().catch(undefined)

const factsSchema = z.object({
  title: textSchema,
  command: textSchema,
  timestamp: timestampSchema,
  env: z.object({ SHELL: textSchema, TERM: textSchema }).optional().catch(undefined),
  term: z.object({ type: textSchema }).optional().catch(undefined),
})

const anySizeSchema = z.object({ cols: z.number(), rows: z.number() })
const headerSchema = z.object({ version: z.number() })

/** Version 2 has its size in the header itself, version 3 in `term`. */
const sizeSchemas = {
  2: z
    .object({ width: z.number(), height: z.number() })
    .transform(({ width, height }) => ({ cols: width, rows: height })),
  3: z.object({ term: anySizeSchema }).transform(({ term }) => term),
}

/**
 * The first line of asciicast v2 or v3.
 * https://docs.asciinema.org/manual/asciicast/v2/ and /v3/
 * @param beginning of the file, in which version 1 is recognised also where it has more lines than one
 * @throws {CastError}
 */
export function readCastHeader(line: string, beginning: string): CastHeader {
  const value = parseJson(line)
  const { data } = headerSchema.safeParse(value)
  if (data?.version === 1 || (data === undefined && isVersionOne(beginning))) throw versionOneRefused()
  if (data === undefined)
    throw new CastError('The recording has no readable header.', {
      detail: line.slice(0, 200) || 'The first line is empty.',
    })
  const { version } = data
  if (version !== 2 && version !== 3)
    throw new CastError(`The recording is asciicast version ${version}. Versions 2 and 3 can be replayed.`)
  return { version, size: sizeOf(version, value), facts: factsOf(value) }
}

/** A header that does not end within what one may hold. @throws {CastError} */
export function refuseEndlessHeader(beginning: string): never {
  if (isVersionOne(beginning)) throw versionOneRefused()
  throw new CastError('The recording has no readable header: its first line does not end.', {
    detail: beginning.slice(0, 200),
  })
}

/** Version 1 is one JSON object with everything in it, often over many lines. */
function isVersionOne(beginning: string): boolean {
  return /^\s*\{[\s\S]*"version"\s*:\s*1\s*[,}]/.test(beginning)
}

function versionOneRefused(): CastError {
  return new CastError(
    'The recording is asciicast version 1, which cannot be replayed. Versions 2 and 3 can be.',
    { action: 'Convert it with “asciinema convert old.json new.cast” and open what that wrote.' },
  )
}

function sizeOf(version: 2 | 3, value: unknown): TerminalSize {
  const size = sizeSchemas[version].safeParse(value)
  if (!size.success) throw new CastError('The recording does not say how large its terminal was.')
  const possible = terminalSizeSchema.safeParse(size.data)
  if (possible.success) return possible.data
  const { cols, rows } = size.data
  throw new CastError(
    `The recording says that its terminal had ${cols} columns and ${rows} rows. Up to 1000 of each can be replayed.`,
  )
}

function factsOf(value: unknown): CastFacts {
  const { title, command, timestamp, env, term } = factsSchema.parse(value)
  return {
    title,
    command,
    startedAt: timestamp === undefined ? undefined : timestamp * 1000,
    shell: env?.SHELL,
    terminalType: term?.type ?? env?.TERM,
  }
}

export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

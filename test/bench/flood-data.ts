/**
 * What floods a terminal: plain lines, and log lines with the colours that log
 * viewers use. The same bytes whether a shell makes them or this program does.
 */
export type FloodKind = 'plain' | 'colour'

export const floodKinds: readonly FloodKind[] = ['plain', 'colour']

export function isFloodKind(text: string): text is FloodKind {
  return floodKinds.some((kind) => kind === text)
}

/** Without line end. `%` stands for the line's number in eight digits; 99 bytes with it. */
const templates: Record<FloodKind, string> = {
  plain:
    '% GET /products/4711/reviews?page=2 took 17 ms, answered 200 with 18,204 bytes to 10.0.3.17 port 443',
  colour:
    '\u001b[2m2026-11-20T12:00:00Z\u001b[0m \u001b[32mINFO\u001b[0m % GET \u001b[36m/products/4711\u001b[0m \u001b[1m200\u001b[0m 17 ms',
}

const digits = 8

/** Bytes that a terminal gets for such a flood: its pty adds a carriage return to every line. */
export function floodLength(kind: FloodKind, lines: number): number {
  return lines * (lineLength(kind) + '\r\n'.length)
}

export function linesFor(kind: FloodKind, byteCount: number): number {
  return Math.ceil(byteCount / (lineLength(kind) + '\r\n'.length))
}

/** The flood as a terminal gets it. */
export function floodBytes(kind: FloodKind, lines: number): Uint8Array {
  const [before, after] = parts(kind)
  const text = Array.from(
    { length: lines },
    (_, index) => `${before}${String(index).padStart(digits, '0')}${after}\r\n`,
  )
  return Buffer.from(text.join(''), 'latin1')
}

/** A command that writes the flood to a file, with what any image has. */
export function floodFileCommand(kind: FloodKind, lines: number, file: string): string {
  const format = parts(kind)
    .map((part) => part.replaceAll('\u001b', '\\033'))
    .join(`%0${digits}d`)
  return `awk 'BEGIN { for (i = 0; i < ${lines}; i++) printf "${format}\\n", i }' > ${file}`
}

export function lastLineNumber(lines: number): string {
  return String(lines - 1).padStart(digits, '0')
}

function parts(kind: FloodKind): [string, string] {
  const [before = '', after = ''] = templates[kind].split('%')
  return [before, after]
}

function lineLength(kind: FloodKind): number {
  return templates[kind].length - 1 + digits
}

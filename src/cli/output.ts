/** For people: progress, reasons, links. Standard error, so that standard output stays machine-readable. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** For programs: one JSON value per line on standard output. */
export function tell(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** Text of a record may come from a forger: no control characters, so that nothing can be hidden on a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?')
}

/** For people: progress, reasons, links. Standard error, so that standard output stays machine-readable. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** For programs: one JSON value per line on standard output. */
export function tell(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

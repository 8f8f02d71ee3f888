import { closeSync, existsSync, openSync } from 'node:fs'

/**
 * Makes an empty file that only its owner can read, unless it exists. For
 * SQLite, which would make it readable for all and gives its log files the
 * same mode; an empty file is an empty database.
 */
export function createPrivateFile(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
}

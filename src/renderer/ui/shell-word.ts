/** A word as a POSIX shell reads it back: quoted unless nothing in it could mean something else. */
export function shellWord(word: string): string {
  return /^[\w@.:/+%=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

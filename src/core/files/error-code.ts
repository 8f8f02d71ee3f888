/** The code of a Node system error or of an SQLite error, e.g. `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** The file or a folder on the way to it does not exist. */
export function isMissingFile(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')
}

/** What the operating system and SQLite call "no room": disk, quota, file size limit. */
const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL'])

export function isStorageFull(error: unknown): boolean {
  return fullCodes.has(errorCode(error) ?? '')
}

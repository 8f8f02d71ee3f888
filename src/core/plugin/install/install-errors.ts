import { PortholeError } from '../../../contract/errors.ts'
import type { ArchiveProblem } from '../archive/archive-problem.ts'

const tryLater = 'Try again later, or use the built-in engine: it needs nothing installed.'

/** AWS's site, or what is between it and us, did not deliver. */
export function downloadFailed(message: string, detail?: string): PortholeError {
  return new PortholeError({
    code: 'PLUGIN_DOWNLOAD_FAILED',
    message,
    detail,
    action: tryLater,
    retryable: true,
  })
}

/** The site answered with something else than the file. Missing files answer 403 there, not 404. */
export function unexpectedStatus(url: URL, status: number): PortholeError {
  const isMissing = status === 403 || status === 404
  return new PortholeError({
    code: 'PLUGIN_DOWNLOAD_FAILED',
    message: isMissing
      ? `${url.host} has no such file, or does not give it to this network (${status}).`
      : `${url.host} answered ${status}.`,
    detail: url.href,
    action: isMissing
      ? 'Check that your network lets you reach it, or use the built-in engine: it needs nothing installed.'
      : tryLater,
    retryable: !isMissing,
  })
}

/** No connection, or none that lasts. */
export function siteUnreachable(url: URL, thrown: unknown): PortholeError {
  return new PortholeError(
    {
      code: 'NETWORK',
      message: `${url.host} cannot be reached.`,
      detail: thrown instanceof Error ? thrown.message : String(thrown),
      action: 'Check your network and proxy, or use the built-in engine: it needs nothing installed.',
      retryable: true,
    },
    { cause: thrown },
  )
}

/** What was downloaded must not be run. */
export function refused(message: string, detail?: string): PortholeError {
  return new PortholeError({
    code: 'PLUGIN_REFUSED',
    message,
    detail,
    action: 'Nothing of it was kept or run. Use the built-in engine, and report it if it stays this way.',
  })
}

export function refusedArchive(thrown: ArchiveProblem): PortholeError {
  return refused('The downloaded archive is not unpacked.', thrown.message)
}

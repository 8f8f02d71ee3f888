import { execFile } from 'node:child_process'
import type { PluginCandidate } from '../../contract/plugin.ts'
import { formatPluginVersion, parsePluginVersion, verdictOn, whyUnsupported } from './plugin-version.ts'

/**
 * The version takes milliseconds; a first run under a virus scanner or macOS's
 * check of a new binary takes seconds.
 */
const versionTimeoutMilliseconds = 10_000

/** A version is ten bytes; this is what a wrong program may print before it is cut off. */
const longestVersionBytes = 4096

export type PluginJudgement = Pick<PluginCandidate, 'version' | 'verdict' | 'reason'>

/** Asks a program for its version and says whether it may be used. Runs it. */
export async function judgePlugin(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<PluginJudgement> {
  const answer = await askVersion(file, environment)
  if (!answer.ok) return { verdict: 'unusable', reason: answer.reason }
  const version = parsePluginVersion(answer.printed)
  if (version === undefined)
    return { verdict: 'unusable', reason: 'It does not print a version as the plugin does.' }
  return {
    version: formatPluginVersion(version),
    verdict: verdictOn(version),
    reason: whyUnsupported(version),
  }
}

type VersionAnswer = { ok: true; printed: string } | { ok: false; reason: string }

function askVersion(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<VersionAnswer> {
  return new Promise((resolve) => {
    const options = {
      timeout: versionTimeoutMilliseconds,
      maxBuffer: longestVersionBytes,
      killSignal: 'SIGKILL' as const,
      env: { PATH: environment.PATH, SystemRoot: environment.SystemRoot },
      windowsHide: true,
    }
    execFile(file, ['--version'], options, (problem, printed) => {
      if (problem === null) resolve({ ok: true, printed })
      else if (problem.killed) resolve({ ok: false, reason: 'It did not print its version in time.' })
      else resolve({ ok: false, reason: `It could not be started (${problem.code ?? problem.message}).` })
    })
  })
}

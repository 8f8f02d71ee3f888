import type { DiagnosticRow, DiagnosticSection, Diagnostics } from '../../contract/diagnostics.ts'
import { PortholeError, toErrorValue } from '../../contract/errors.ts'
import { type Clock, sleep } from '../clock.ts'
import { createRedactor, type Redact } from './redact.ts'
import { reportText } from './report-text.ts'

/** Says how Porthole is set up here: what it found, what that leads to, and why. Free of secrets. */
export interface DiagnosticsService {
  /** Never rejects: a part that cannot be looked at says so in its place. */
  report(question: DiagnosticsQuestion): Promise<Diagnostics>
}

export interface DiagnosticsQuestion {
  /** Where endpoints are looked up; without it where one would look first. */
  region?: string | undefined
}

/** One part of the report. It may throw whatever it likes. */
export interface DiagnosticsPart {
  title: string
  rows(question: DiagnosticsQuestion): Promise<DiagnosticRow[]>
}

export interface DiagnosticsDependencies {
  parts: readonly DiagnosticsPart[]
  /** Secrets that nothing in the report may hold. */
  knownSecrets: () => Promise<string[]>
  homeFolder: string
  clock: Clock
}

/** A program that is asked for its version may hang; the rest of the report does not wait for it. */
const partLimitMilliseconds = 8_000

export function createDiagnosticsService(dependencies: DiagnosticsDependencies): DiagnosticsService {
  const { parts, knownSecrets, homeFolder, clock } = dependencies

  async function sectionOf(part: DiagnosticsPart, question: DiagnosticsQuestion): Promise<DiagnosticSection> {
    const ended = new AbortController()
    try {
      const late = sleep(clock, partLimitMilliseconds, ended.signal).then(() => {
        throw tooLate(part.title)
      })
      late.catch(() => {})
      return { title: part.title, rows: await Promise.race([part.rows(question), late]) }
    } catch (thrown) {
      return { title: part.title, rows: [], problem: toErrorValue(thrown) }
    } finally {
      ended.abort()
    }
  }

  return {
    async report(question) {
      // Without the known ones the patterns still hold; that must not keep the report back.
      const redact = withoutHome(createRedactor(await knownSecrets().catch(() => [])), homeFolder)
      const sections = await Promise.all(parts.map((part) => sectionOf(part, question)))
      const clean = sections.map((section) => redactSection(section, redact))
      const at = clock.now()
      return { at, sections: clean, text: reportText(at, clean) }
    },
  }
}

function tooLate(title: string): PortholeError {
  return new PortholeError({
    code: 'INTERNAL',
    message: `${title}: no answer within ${partLimitMilliseconds / 1000} s.`,
    retryable: true,
  })
}

/** A home folder has somebody's name in it, and makes every path long. */
function withoutHome(redact: Redact, homeFolder: string): Redact {
  if (homeFolder.length < 2) return redact
  return (text) => redact(text.replaceAll(homeFolder, '~'))
}

function redactSection({ title, rows, problem }: DiagnosticSection, redact: Redact): DiagnosticSection {
  return {
    title,
    rows: rows.map(({ label, value, note, tone }) => ({
      label: redact(label),
      value: redact(value),
      ...(note === undefined ? {} : { note: redact(note) }),
      ...(tone === undefined ? {} : { tone }),
    })),
    ...(problem === undefined
      ? {}
      : {
          problem: {
            ...problem,
            message: redact(problem.message),
            ...(problem.detail === undefined ? {} : { detail: redact(problem.detail) }),
            ...(problem.action === undefined ? {} : { action: redact(problem.action) }),
          },
        }),
  }
}

import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import type { ExportRequest, ExportResult } from '../../../contract/export.ts'
import type { Clock } from '../../clock.ts'
import type { AuditService } from '../audit-service.ts'
import type { Actor } from '../viewing.ts'

export interface ExportServiceDependencies {
  audit: Pick<AuditService, 'export'>
  actor: () => Promise<Actor>
  /** Where exports are written; made when missing. */
  folder: string
  /** resources/audit-verifier.mjs */
  verifierFile: string
  version: string
  clock: Clock
  /** The page gets an export through its host, once; then it is gone here. */
  downloads: boolean
}

/** Exports that wait to be downloaded, by name. */
export interface Downloads {
  /** @returns the file, which the taker removes when it is through */
  take(name: string): string | undefined
}

/** Where the page asks its host for an export. */
export const downloadPrefix = '/exports/'

/** Makes exports of the audit history for whoever looks at it. */
export class ExportService implements Downloads, AsyncDisposable {
  readonly #dependencies: ExportServiceDependencies
  readonly #waiting = new Map<string, string>()

  constructor(dependencies: ExportServiceDependencies) {
    this.#dependencies = dependencies
  }

  /** @throws {PortholeError} STORAGE_*, AUDIT_UNAVAILABLE */
  async export(request: ExportRequest): Promise<ExportResult> {
    const { audit, actor, folder, verifierFile, version, clock, downloads } = this.#dependencies
    const name = exportName(clock.now(), request)
    const target = path.join(folder, name)
    const by = await actor()
    const verifier = await readFile(verifierFile, 'utf8')
    const summary = await audit.export({ request, target, by, version, verifier })
    if (!downloads) return summary
    this.#waiting.set(name, target)
    return { ...summary, downloadPath: downloadPrefix + name }
  }

  take(name: string): string | undefined {
    const file = this.#waiting.get(name)
    this.#waiting.delete(name)
    return file
  }

  /** What nobody fetched holds recordings; it does not stay behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#waiting.values()].map((file) => rm(file, { force: true })))
    this.#waiting.clear()
  }
}

/** "porthole-audit-2026-11-25-143012-redacted.zip": nothing in it comes from AWS or a container. */
function exportName(now: number, { redacted }: ExportRequest): string {
  const stamp = new Date(now).toISOString().slice(0, 23).replaceAll(/[:.]/g, '').replace('T', '-')
  return `porthole-audit-${stamp}${redacted ? '-redacted' : ''}.zip`
}

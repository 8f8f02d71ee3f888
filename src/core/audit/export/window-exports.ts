import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { PortholeError, toErrorValue } from '../../../contract/errors.ts'
import type { ExportOutcome, ExportWish, WindowExport } from '../../../contract/export.ts'
import type { Scope } from '../../../contract/identity.ts'
import type { Clock } from '../../clock.ts'
import { createListeners } from '../../listeners.ts'
import type { SaveQuestion, WindowHost } from '../../window-host.ts'
import type { AuditService, ExportRun } from '../audit-service.ts'
import type { Actor } from '../viewing.ts'
import { type Downloads, WaitingDownloads } from './downloads.ts'
import { archiveName, recordingName } from './export-names.ts'
import type { ExportPlace } from './export-target.ts'

export interface WindowExportsDependencies {
  audit: Pick<AuditService, 'export' | 'exportRecording' | 'session'>
  actor: (scope: Scope | undefined) => Promise<Actor>
  /** Where exports wait to be fetched; where a person is asked, what they are offered first. */
  folder: string
  /** resources/audit-verifier.mjs */
  verifierFile: string
  version: string
  clock: Clock
  /** The page gets an export through its host, once; then it is gone here. */
  downloads: boolean
}

interface OwnExport {
  told: WindowExport
  readonly place: ExportPlace
  readonly controller: AbortController
  /** Resolves when it is over, however it ended. */
  over: Promise<void>
}

/**
 * The exports of all windows. One at a time per window: each is a look through
 * the whole record, and a person follows one. Windows do not wait for each other.
 */
export class WindowExports implements AsyncDisposable {
  readonly #dependencies: WindowExportsDependencies
  readonly #latest = new Map<WindowHost, OwnExport>()
  /** Windows in which the person is being asked where to. */
  readonly #asking = new Set<WindowHost>()
  readonly #downloads = new WaitingDownloads()
  readonly #changed = createListeners<{ window: WindowHost; told: WindowExport }>()
  /** Where the person put the one before. */
  #lastFolder: string | undefined

  constructor(dependencies: WindowExportsDependencies) {
    this.#dependencies = dependencies
  }

  /** For the host, to give out. */
  get downloads(): Downloads {
    return this.#downloads
  }

  readonly onChanged = this.#changed.add

  /**
   * Asks where to, where the host has a way to ask, and begins.
   * @returns nothing when the person would rather not
   * @throws {PortholeError} INVALID_REQUEST while the window has one, SESSION_NOT_FOUND, STORAGE_*
   */
  async start(window: WindowHost, wish: ExportWish): Promise<WindowExport | undefined> {
    if (this.#asking.has(window) || this.runningIn(window)) throw oneAtATime()
    this.#asking.add(window)
    try {
      const { suggestedName, scope } = await this.#about(wish)
      const place = await this.#choosePlace(window, { suggestedName, wish })
      if (place === undefined) return undefined
      this.#refuseSecondOnto(place)
      const fileName = place.kind === 'chosen' ? path.basename(place.path) : suggestedName
      return this.#begin(window, { wish, place, fileName, scope })
    } finally {
      this.#asking.delete(window)
    }
  }

  /** Ends it, and takes back what was written so far. */
  cancel(window: WindowHost, id: string): void {
    const own = this.#latest.get(window)
    if (own?.told.id === id) own.controller.abort()
  }

  /** Shows a finished export where it lies. @throws {PortholeError} NOT_FOUND */
  async show(window: WindowHost, id: string): Promise<void> {
    const own = this.#latest.get(window)
    const file = own?.told.id === id && own.told.outcome.state === 'done' && own.told.outcome.written.path
    if (file && (await isThere(file))) return window.showInFolder(file)
    throw new PortholeError({
      code: 'NOT_FOUND',
      message: 'The export is not where it was written any more.',
      ...(file && { detail: file }),
      action: 'Export again.',
    })
  }

  /** The latest of this window: for a page that begins anew. */
  current(window: WindowHost): WindowExport | undefined {
    return this.#latest.get(window)?.told
  }

  runningIn(window: WindowHost): boolean {
    return this.#latest.get(window)?.told.outcome.state === 'running'
  }

  running(): WindowExport[] {
    return [...this.#latest.values()]
      .map(({ told }) => told)
      .filter(({ outcome }) => outcome.state === 'running')
  }

  /** The window is gone for good: so is what nobody can follow or fetch any more. */
  async closeOf(window: WindowHost): Promise<void> {
    const own = this.#latest.get(window)
    this.#latest.delete(window)
    if (own === undefined) return
    own.controller.abort()
    await own.over
    await this.#downloads.discard(own.told.id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#latest.keys()].map((window) => this.closeOf(window)))
    await this.#downloads[Symbol.asyncDispose]()
  }

  async #about(wish: ExportWish): Promise<{ suggestedName: string; scope: Scope | undefined }> {
    const { audit, clock } = this.#dependencies
    if (wish.kind === 'archive')
      return { suggestedName: archiveName(clock.now(), wish.request), scope: undefined }
    const session = await audit.session(wish.request.sessionId)
    return { suggestedName: recordingName(session, wish.request), scope: session.container.scope }
  }

  async #choosePlace(
    window: WindowHost,
    { suggestedName, wish }: { suggestedName: string; wish: ExportWish },
  ): Promise<ExportPlace | undefined> {
    const { downloads, folder } = this.#dependencies
    if (downloads) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      return { kind: 'waiting', folder }
    }
    const suggestion = path.join(this.#lastFolder ?? folder, suggestedName)
    const chosen = await window.chooseSaveTarget({ suggestion, ...questionAbout(wish) })
    if (chosen === undefined) return undefined
    this.#lastFolder = path.dirname(chosen)
    // The dialog has asked whether it may go, for what is there by now and nothing later.
    return { kind: 'chosen', path: chosen, replace: await isThere(chosen) }
  }

  #refuseSecondOnto(place: ExportPlace): void {
    if (place.kind !== 'chosen') return
    for (const { told, place: taken } of this.#latest.values())
      if (told.outcome.state === 'running' && taken.kind === 'chosen' && taken.path === place.path)
        throw new PortholeError({
          code: 'INVALID_REQUEST',
          message: `Another window is exporting to ${place.path}.`,
          action: 'Choose another name, or wait for it.',
          retryable: true,
        })
  }

  #begin(
    window: WindowHost,
    parts: { wish: ExportWish; place: ExportPlace; fileName: string; scope: Scope | undefined },
  ): WindowExport {
    const { wish, place, fileName, scope } = parts
    const told: WindowExport = { id: randomUUID(), wish, fileName, outcome: { state: 'running' } }
    const controller = new AbortController()
    const own: OwnExport = { told, place, controller, over: Promise.resolve() }
    const tell = (outcome: ExportOutcome) => {
      own.told = { ...told, outcome }
      this.#changed.emit({ window, told: own.told })
    }
    this.#latest.set(window, own)
    own.over = this.#make(own, scope, {
      signal: controller.signal,
      onProgress: (progress) => tell({ state: 'running', progress }),
    }).then(tell)
    return told
  }

  /** Never rejects. */
  async #make(own: OwnExport, scope: Scope | undefined, run: Required<ExportRun>): Promise<ExportOutcome> {
    try {
      return await this.#write(own, scope, run)
    } catch (thrown) {
      const error = toErrorValue(thrown)
      return error.code === 'CANCELLED' ? { state: 'cancelled' } : { state: 'failed', error }
    }
  }

  async #write(
    { told, place }: OwnExport,
    scope: Scope | undefined,
    run: Required<ExportRun>,
  ): Promise<ExportOutcome> {
    const { audit, actor, verifierFile, version } = this.#dependencies
    const { wish, id, fileName } = told
    const by = await actor(scope)
    if (wish.kind === 'recording') {
      const written = await audit.exportRecording({ request: wish.request, place, by }, run)
      return { state: 'done', written, ...this.#downloadOf(place, { id, file: written.path, fileName }) }
    }
    const verifier = await readFile(verifierFile, 'utf8')
    const order = { request: wish.request, place, container: 'archive' as const, by, version, verifier }
    const archive = await audit.export(order, run)
    const download = this.#downloadOf(place, { id, file: archive.path, fileName })
    return { state: 'done', written: archive, archive, ...download }
  }

  #downloadOf(
    place: ExportPlace,
    { id, file, fileName }: { id: string; file: string; fileName: string },
  ): { downloadPath?: string } {
    if (place.kind === 'chosen') return {}
    return { downloadPath: this.#downloads.add(id, { file, name: fileName }) }
  }
}

function questionAbout(wish: ExportWish): Omit<SaveQuestion, 'suggestion'> {
  if (wish.kind === 'archive') return { title: 'Export audit history', kind: 'Archive', extension: 'zip' }
  const title = 'Export recording'
  return wish.request.form === 'text'
    ? { title, kind: 'Plain text', extension: 'txt' }
    : { title, kind: 'asciicast', extension: 'cast' }
}

function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  )
}

function oneAtATime(): PortholeError {
  return new PortholeError({
    code: 'INVALID_REQUEST',
    message: 'This window is exporting already.',
    action: 'Wait for it, or cancel it.',
    retryable: true,
  })
}

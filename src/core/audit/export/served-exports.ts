import type { ExportProgress } from '../../../contract/export.ts'
import type { ExportRun } from '../audit-service.ts'

/** How often somebody hears how far an export has come: often enough to move, seldom enough to cost nothing. */
const tellEveryMilliseconds = 200

/** The exports that one client has asked for: they end with it. */
export class ServedExports {
  readonly #tell: (exporting: { id: string; progress: ExportProgress }) => void
  readonly #running = new Map<string, AbortController>()

  constructor(tell: (exporting: { id: string; progress: ExportProgress }) => void) {
    this.#tell = tell
  }

  async run<Summary>(id: string, make: (run: Required<ExportRun>) => Promise<Summary>): Promise<Summary> {
    const controller = new AbortController()
    this.#running.set(id, controller)
    let toldAt = Number.NEGATIVE_INFINITY
    let toldPhase: string | undefined
    const onProgress = (progress: ExportProgress) => {
      const now = performance.now()
      if (progress.phase === toldPhase && now - toldAt < tellEveryMilliseconds) return
      toldAt = now
      toldPhase = progress.phase
      this.#tell({ id, progress })
    }
    try {
      return await make({ signal: controller.signal, onProgress })
    } finally {
      this.#running.delete(id)
    }
  }

  cancel(id: string): void {
    this.#running.get(id)?.abort()
  }

  cancelAll(): void {
    for (const controller of this.#running.values()) controller.abort()
  }
}

import type { WindowExport } from '../../../contract/export.ts'
import { disposeTogether } from '../../app/disposables.ts'
import type { Services } from '../../app/services.ts'
import { displayText } from '../../ui/display-text.ts'
import { showToast } from '../../ui/toast.tsx'
import { showExport } from './show-export.ts'
import { startDownload } from './start-download.ts'

type Parts = Pick<Services, 'core' | 'host' | 'exports' | 'interface'>

/** Keeps what an export made, and tells how it ended when nobody looks at its dialog. */
export function followExports(parts: Parts): Disposable {
  const ended = parts.exports.subscribe(({ latest }, before) => {
    const wasRunning = before.latest?.id === latest?.id && before.latest?.outcome.state === 'running'
    // One that a page finds when it begins anew is old news.
    if (latest === undefined || !wasRunning || latest.outcome.state === 'running') return
    if (latest.outcome.state === 'done' && latest.outcome.downloadPath !== undefined)
      startDownload(latest.outcome.downloadPath)
    if (parts.interface.getState().dialog?.kind !== 'export-history') tellEnd(parts, latest)
  })
  return disposeTogether({ [Symbol.dispose]: ended }, askBeforeLeaving(parts))
}

function tellEnd(parts: Parts, { id, fileName, outcome }: WindowExport): void {
  if (outcome.state === 'failed')
    showToast({
      tone: 'danger',
      title: displayText(outcome.error.message),
      text: outcome.error.action && displayText(outcome.error.action),
    })
  if (outcome.state !== 'done') return
  const title = `Exported ${displayText(fileName)}`
  if (outcome.downloadPath !== undefined) showToast({ tone: 'ok', title })
  else
    showToast({
      tone: 'ok',
      title,
      action: { label: 'Show in folder', run: () => void showExport(parts, id) },
    })
}

/** A browser closes a tab without a word; windows of our own are asked about by their host. */
function askBeforeLeaving({ host, exports }: Parts): Disposable {
  if (!host.abilities.downloads) return { [Symbol.dispose]() {} }
  const ask = (event: BeforeUnloadEvent) => {
    if (exports.getState().latest?.outcome.state === 'running') event.preventDefault()
  }
  window.addEventListener('beforeunload', ask)
  return { [Symbol.dispose]: () => window.removeEventListener('beforeunload', ask) }
}

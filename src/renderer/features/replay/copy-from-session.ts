import type { CommandOutput } from '../../../contract/audit.ts'
import type { RecordedCommand } from '../../../contract/command-marker.ts'
import type { CoreClient } from '../../app/core/core-link.ts'
import { showToast, type Toast } from '../../ui/toast.tsx'

/** Its text as it ran, lines and all; tells what was taken out of it. */
export async function copyCommand({ text, redactions }: RecordedCommand): Promise<void> {
  await navigator.clipboard.writeText(text)
  if (redactions > 0) showToast({ tone: 'ok', title: `Command copied, ${takenOut(redactions)}` })
}

/** What it printed as plain text. @param index its place among the session's commands */
export async function copyOutput(core: CoreClient, sessionId: string, index: number): Promise<void> {
  const result = await core.call('audit.commandOutput', { sessionId, index })
  if (!result.ok) {
    showToast({ tone: 'danger', title: result.error.message, text: result.error.action })
    return
  }
  if (result.value.text !== '') await navigator.clipboard.writeText(result.value.text)
  showToast(outputToast(result.value))
}

export function outputToast({
  text,
  redactions,
  isCut,
}: CommandOutput): Pick<Toast, 'tone' | 'title' | 'text'> {
  if (text === '') return { tone: 'ok', title: 'This command printed nothing' }
  const count = text.replace(/\n$/, '').split('\n').length
  const lines = count === 1 ? '1 line' : `${count.toLocaleString('en')} lines`
  const title =
    redactions > 0 ? `Output copied: ${lines}, ${takenOut(redactions)}` : `Output copied: ${lines}`
  return isCut
    ? { tone: 'warn', title, text: 'It printed more. An export has all of it.' }
    : { tone: 'ok', title }
}

function takenOut(count: number): string {
  return count === 1 ? '1 secret taken out' : `${count} secrets taken out`
}

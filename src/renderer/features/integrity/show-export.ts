import type { Services } from '../../app/services.ts'
import { displayText } from '../../ui/display-text.ts'
import { showToast } from '../../ui/toast.tsx'

/** Shows a finished export where it lies; it may have been moved since. */
export async function showExport({ core }: Pick<Services, 'core'>, id: string): Promise<void> {
  const result = await core.call('export.show', { id })
  if (result.ok) return
  const { message, action } = result.error
  showToast({ tone: 'danger', title: displayText(message), text: action })
}

import type { ExportProgress, WindowExport } from '../../../contract/export.ts'
import { Name } from '../../ui/name.tsx'
import { exportProgressText } from './export-words.ts'
import styles from './integrity.module.css'

/** How far an export has come, of which nothing is to be seen before it is whole. */
export function ExportRunning({
  fileName,
  progress,
}: Pick<WindowExport, 'fileName'> & { progress: ExportProgress | undefined }) {
  const { done = 0, total = 0 } = progress ?? {}
  return (
    <div className={styles.progress} role="status">
      <span>{exportProgressText(progress)}</span>
      <progress max={Math.max(1, total)} value={done} aria-label="Exported so far" />
      <Name className={styles.place} text={fileName} />
    </div>
  )
}

import type { IntegrityProgress } from '../../../contract/integrity.ts'
import styles from './integrity.module.css'
import { progressText } from './integrity-words.ts'

export function IntegrityProgressBar({ progress }: { progress: IntegrityProgress | undefined }) {
  return (
    <div className={styles.progress} role="status">
      <span>{progressText(progress)}</span>
      <progress
        max={Math.max(1, progress?.total ?? 1)}
        value={progress?.done ?? 0}
        aria-label="Checked so far"
      />
    </div>
  )
}

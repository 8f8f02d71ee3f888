import type { ReactNode } from 'react'
import styles from './settings.module.css'

/** One setting: its name, what its present value means, and the control. */
export function SettingRow({
  name,
  help,
  children,
}: {
  name: string
  help?: ReactNode
  children: ReactNode
}) {
  return (
    <div className={styles.row}>
      <b>
        {name} {help !== undefined && <span>{help}</span>}
      </b>
      {children}
    </div>
  )
}

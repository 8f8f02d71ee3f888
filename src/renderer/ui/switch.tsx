import type { ReactNode } from 'react'
import styles from './switch.module.css'

/** On or off, at once. */
export function Switch({
  checked,
  onChange,
  label,
  children,
}: {
  checked: boolean
  onChange: (checked: boolean) => void
  /** Its name, where the text stands elsewhere. */
  label?: string
  children?: ReactNode
}) {
  return (
    <label className={styles.switch}>
      <input
        type="checkbox"
        role="switch"
        checked={checked}
        aria-checked={checked}
        aria-label={label}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {children}
    </label>
  )
}

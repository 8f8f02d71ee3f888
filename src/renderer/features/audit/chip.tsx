import type { ComponentType } from 'react'
import { classNames } from '../../ui/class-names.ts'
import { type MenuEntry, useContextMenu } from '../../ui/context-menu.tsx'
import { ChevronDownIcon, type IconProps } from '../../ui/icons.ts'
import styles from './audit.module.css'

/** A filter as a button that says what is chosen and opens the choices. */
export function Chip({
  icon: Icon,
  label,
  on,
  entries,
}: {
  icon: ComponentType<IconProps>
  label: string
  on: boolean
  entries: readonly MenuEntry[]
}) {
  const openMenu = useContextMenu()
  return (
    <button
      type="button"
      className={classNames(styles.chip, on && styles.on)}
      disabled={entries.length === 0}
      aria-haspopup="menu"
      onClick={(event) => openMenu(event, entries)}
    >
      <Icon className={styles.chipIcon} size={14} stroke={1.75} aria-hidden />
      {label}
      <ChevronDownIcon size={12} stroke={2} aria-hidden />
    </button>
  )
}

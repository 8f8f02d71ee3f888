import type { ReactNode } from 'react'
import styles from './badge.module.css'
import { classNames } from './class-names.ts'

/** A word with a tint: the word says it first, the colour second. */
export function Badge({
  tone = 'neutral',
  outlined = false,
  title,
  children,
}: {
  tone?: 'neutral' | 'ok' | 'warn' | 'danger' | 'info' | 'rec'
  outlined?: boolean
  /** What the word means. */
  title?: string | undefined
  children: ReactNode
}) {
  return (
    <span className={classNames(styles.badge, styles[tone], outlined && styles.outlined)} title={title}>
      {children}
    </span>
  )
}

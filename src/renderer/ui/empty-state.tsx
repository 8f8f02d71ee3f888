import type { ComponentType, ReactNode } from 'react'
import styles from './empty-state.module.css'
import type { IconProps } from './icons.ts'

/** Nothing to show: the fact, a sentence, and the next step. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon: ComponentType<IconProps>
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className={styles.empty}>
      <Icon size={20} stroke={1.4} aria-hidden />
      <b>{title}</b>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  )
}

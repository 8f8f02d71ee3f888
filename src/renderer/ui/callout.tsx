import type { ComponentType, ReactNode } from 'react'
import type { ErrorValue } from '../../contract/errors.ts'
import styles from './callout.module.css'
import { classNames } from './class-names.ts'
import { displayText } from './display-text.ts'
import { AlertIcon, type IconProps } from './icons.ts'

/** A fact that stays where it happened, with its next step. */
export function Callout({
  tone,
  icon: Icon = AlertIcon,
  title,
  children,
  action,
}: {
  tone: 'warn' | 'danger' | 'info'
  icon?: ComponentType<IconProps>
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className={classNames(styles.callout, styles[tone])} role={tone === 'info' ? 'note' : 'alert'}>
      <Icon size={14} stroke={1.75} aria-hidden />
      <div className={styles.words}>
        <b>{title}</b>
        {children !== undefined && <span>{children}</span>}
      </div>
      {action}
    </div>
  )
}

/** An error value as a callout: the fact, the step, and the source's own words behind a click. */
export function ErrorCallout({ error, action }: { error: ErrorValue; action?: ReactNode }) {
  return (
    <Callout tone="danger" title={displayText(error.message)} action={action}>
      {error.action !== undefined && displayText(error.action)}
      {error.detail !== undefined && (
        <details className={styles.detail}>
          <summary>Detail</summary>
          <bdi>{displayText(error.detail)}</bdi>
        </details>
      )}
    </Callout>
  )
}

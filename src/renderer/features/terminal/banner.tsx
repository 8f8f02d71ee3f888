import type { ComponentType, ReactNode } from 'react'
import type { ErrorValue } from '../../../contract/errors.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { displayText } from '../../ui/display-text.ts'
import { AlertIcon, type IconProps } from '../../ui/icons.ts'
import { Kbd } from '../../ui/kbd.tsx'
import styles from './terminal.module.css'

/** One line about a session: the fact, what follows from it, and the next steps. */
export function Banner({
  icon: Icon,
  tone,
  title,
  text,
  detail,
  over = false,
  children,
}: {
  icon: ComponentType<IconProps>
  tone?: 'warn'
  title: ReactNode
  text?: ReactNode
  detail?: string | undefined
  /**
   * Lies over the last rows instead of taking their room. For what passes: a
   * terminal that changes its size tells the shell, which redraws its program.
   */
  over?: boolean
  children?: ReactNode
}) {
  return (
    <div
      className={classNames(styles.banner, tone === 'warn' && styles.warn, over && styles.over)}
      role="status"
    >
      <Icon className={styles.bannerIcon} size={15} stroke={1.75} aria-hidden />
      <div className={styles.words}>
        <b>{title}</b>
        {text !== undefined && <span>{typeof text === 'string' ? displayText(text) : text}</span>}
        {detail !== undefined && (
          <details>
            <summary>Detail</summary>
            <bdi>{displayText(detail)}</bdi>
          </details>
        )}
      </div>
      {children}
    </div>
  )
}

export function ErrorBanner({
  title,
  error,
  children,
}: {
  title: string
  error: ErrorValue
  children: ReactNode
}) {
  return (
    <Banner
      icon={AlertIcon}
      tone="warn"
      title={`${title}. ${displayText(error.message)}`}
      text={error.action}
      detail={error.detail}
    >
      {children}
    </Banner>
  )
}

/** The step that Enter takes, too. */
export function MainStep({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="primary" onClick={onClick}>
      {label}
      <Kbd>↵</Kbd>
    </Button>
  )
}

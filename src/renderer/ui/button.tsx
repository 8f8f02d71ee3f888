import type { ComponentPropsWithRef, ReactNode } from 'react'
import styles from './button.module.css'
import { classNames } from './class-names.ts'
import { Spinner } from './glyphs.tsx'

type ButtonLook = {
  /** One filled button per view. */
  variant?: 'default' | 'primary' | 'danger' | 'ghost' | 'link'
  size?: 'small' | 'medium' | 'large'
  wide?: boolean
}

type ButtonProps = ButtonLook & ComponentPropsWithRef<'button'> & { busy?: boolean }

const sizeClass = { small: styles.small, medium: undefined, large: styles.large }

function lookOf({ variant = 'default', size = 'medium', wide = false }: ButtonLook): string {
  return variant === 'link'
    ? classNames(styles.link)
    : classNames(styles.button, styles[variant], sizeClass[size], wide && styles.wide)
}

export function Button({ variant, size, wide, busy = false, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
      className={classNames(lookOf({ variant, size, wide }), className)}
    >
      {busy && <Spinner size={13} />}
      {children}
    </button>
  )
}

/** A link that looks like a button and opens a page outside of the app. */
export function PageLink({
  href,
  variant,
  size,
  wide,
  children,
  className,
}: ButtonLook & { href: string; children: ReactNode; className?: string }) {
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      className={classNames(lookOf({ variant, size, wide }), className)}
    >
      {children}
    </a>
  )
}

/** A square button of one icon. Its label is what it does, for eyes (tooltip) and for screen readers. */
export function IconButton({
  label,
  pressed,
  className,
  children,
  ...rest
}: ComponentPropsWithRef<'button'> & { label: string; pressed?: boolean }) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      aria-pressed={pressed}
      className={classNames(styles.icon, pressed && styles.pressed, className)}
    >
      {children}
    </button>
  )
}

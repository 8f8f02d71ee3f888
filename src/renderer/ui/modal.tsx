import { type ReactNode, useEffect, useId, useRef } from 'react'
import { classNames } from './class-names.ts'
import styles from './modal.module.css'

/**
 * A dialog in front of the workspace. The browser's own modal dialog traps the
 * keyboard and makes the rest inert; Escape and a click beside it close it.
 */
export function Modal({
  onClose,
  label,
  width = 440,
  place = 'center',
  className,
  children,
}: {
  onClose: () => void
  /** Its name, unless a `ModalTitle` inside gives one. What has `data-autofocus` gets the keyboard. */
  label?: string
  width?: number
  place?: 'center' | 'top'
  className?: string | undefined
  children: ReactNode
}) {
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = element.current
    const before = document.activeElement
    dialog?.showModal()
    // Nobody should act by a stray Enter: without a wish, the dialog itself has the keyboard.
    const wanted = dialog?.querySelector<HTMLElement>('[data-autofocus]') ?? dialog
    wanted?.focus({ preventScroll: true })
    return () => {
      dialog?.close()
      // Back to where the keyboard was, unless what the dialog did has taken it elsewhere.
      if (before instanceof HTMLElement && (document.activeElement ?? document.body) === document.body)
        before.focus({ preventScroll: true })
    }
  }, [])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same, through `cancel`
    <dialog
      ref={element}
      className={classNames(styles.dialog, place === 'top' && styles.top, className)}
      style={{ width }}
      tabIndex={-1}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose()
      }}
    >
      <div className={styles.content}>{children}</div>
    </dialog>
  )
}

export function ModalTitle({ children }: { children: ReactNode }) {
  const id = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.closest('dialog')?.setAttribute('aria-labelledby', id), [id])
  return (
    <h2 ref={heading} id={id} className={styles.title}>
      {children}
    </h2>
  )
}

export function ModalBody({ children }: { children: ReactNode }) {
  return <div className={styles.body}>{children}</div>
}

/** The line of buttons; what stands first goes to the left. */
export function ModalFoot({ start, children }: { start?: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.foot}>
      <div className={styles.footStart}>{start}</div>
      {children}
    </div>
  )
}

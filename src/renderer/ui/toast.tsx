import '@mantine/notifications/styles.layer.css'
import { Notifications, notifications } from '@mantine/notifications'
import type { ReactNode } from 'react'
import { createStore } from 'zustand/vanilla'
import { Button, IconButton } from './button.tsx'
import { AlertIcon, ClockIcon, CloseIcon, DoneIcon } from './icons.ts'
import styles from './toast.module.css'

export interface Toast {
  tone: 'ok' | 'warn' | 'danger'
  title: ReactNode
  text?: ReactNode
  /** One action; the toast closes when it is taken. */
  action?: { label: string; run: () => void }
}

/** A toast that was shown, so that whoever looked elsewhere finds it again. */
export interface Notice extends Toast {
  readonly id: string
  readonly at: number
}

/** More than a day of news; older ones are in the history of the task that they were about. */
const mostNotices = 50

/** Newest first. As global as the toasts themselves, which the library keeps for the page. */
export const notices = createStore<{ readonly all: readonly Notice[]; readonly unseen: number }>(() => ({
  all: [],
  unseen: 0,
}))

export const toastIcons = { ok: DoneIcon, warn: ClockIcon, danger: AlertIcon }

/** Long enough to read two lines and reach for the action. */
const shownForMilliseconds = 8000

/** For news that has no place of its own on the screen: one line, one action. */
export function showToast(toast: Toast): void {
  const { tone, title, text, action } = toast
  const Icon = toastIcons[tone]
  const id = crypto.randomUUID()
  notices.setState(({ all, unseen }) => ({
    all: [{ ...toast, id, at: Date.now() }, ...all].slice(0, mostNotices),
    unseen: unseen + 1,
  }))
  notifications.show({
    id,
    autoClose: shownForMilliseconds,
    withCloseButton: false,
    withBorder: false,
    classNames: { root: styles.toast ?? '', body: styles.body ?? '', description: styles.description ?? '' },
    message: (
      <div className={styles.content}>
        <span className={styles[tone]}>
          <Icon size={16} stroke={1.6} aria-hidden />
        </span>
        <div className={styles.words}>
          <b>{title}</b>
          {text !== undefined && <span>{text}</span>}
        </div>
        {action !== undefined && (
          <Button
            size="small"
            variant="ghost"
            className={styles.action}
            onClick={() => {
              notifications.hide(id)
              action.run()
            }}
          >
            {action.label}
          </Button>
        )}
        <IconButton label="Close" className={styles.close} onClick={() => notifications.hide(id)}>
          <CloseIcon size={12} stroke={2} aria-hidden />
        </IconButton>
      </div>
    ),
  })
}

export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <>
      {children}
      <Notifications
        position="bottom-right"
        limit={4}
        containerWidth={420}
        className={styles.place}
        transitionDuration={120}
      />
    </>
  )
}

import { Popover } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './status-panel.module.css'

/** A button of the status bar and the panel that it opens above itself. */
export function StatusPanel({
  shown,
  onShow,
  name,
  title,
  side,
  width,
  button,
  children,
}: {
  shown: boolean
  onShow: (shown: boolean) => void
  /** Of the panel: the library would name it after the button, which may say something else. */
  name: string
  /** Of the button. */
  title: string
  /** Which of their edges lie above each other. */
  side: 'start' | 'end'
  width: number
  button: ReactNode
  children: ReactNode
}) {
  return (
    <Popover
      opened={shown}
      onChange={onShow}
      position={`top-${side}`}
      width={width}
      offset={6}
      withRoles={false}
      trapFocus
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <button
          type="button"
          className={styles.target}
          aria-expanded={shown}
          aria-haspopup="dialog"
          title={title}
          onClick={() => onShow(!shown)}
        >
          {button}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles.panel} role="dialog" aria-label={name}>
        {/* Takes the keyboard where nothing inside does, so that Escape closes it. */}
        <div tabIndex={-1} className={styles.inside}>
          {children}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

import type { ComponentType, KeyboardEvent, MouseEvent, ReactNode } from 'react'
import { type MenuEntry, useContextMenu } from '../../ui/context-menu.tsx'
import type { IconProps } from '../../ui/icons.ts'
import { Moment } from '../../ui/moment.tsx'
import styles from './act-row.module.css'

/** A list of rows, with arrow keys from one to the next. */
export function ActList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ol className={styles.list} aria-label={label} onKeyDown={moveWithArrows}>
      {children}
    </ol>
  )
}

/** Two lines of something that somebody did, when, and what can be done with it. */
export function ActRow({
  icon: Icon,
  what,
  more,
  moreTitle,
  at,
  now,
  badge,
  open,
  menu,
}: {
  icon: ComponentType<IconProps>
  what: ReactNode
  more?: ReactNode
  moreTitle?: string | undefined
  /** Epoch milliseconds. */
  at: number
  now: number
  badge?: ReactNode
  /** What a click does; without it a click shows the menu. */
  open?: { title: string; run: () => void } | undefined
  menu: () => readonly MenuEntry[]
}) {
  const openMenu = useContextMenu()
  const showMenu = (event: MouseEvent) => openMenu(event, menu())
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        title={open?.title}
        aria-haspopup={open === undefined ? 'menu' : undefined}
        onClick={open?.run ?? showMenu}
        onContextMenu={showMenu}
      >
        <Icon size={14} stroke={1.75} aria-hidden />
        <span className={styles.words}>
          <span className={styles.what}>{what}</span>
          <span className={styles.more} title={moreTitle}>
            {more}
          </span>
        </span>
        <Moment at={at} now={now} />
        {badge}
      </button>
    </li>
  )
}

function moveWithArrows(event: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (by === undefined) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('li > button')]
  const next = rows[rows.findIndex((row) => row.matches(':focus')) + by]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

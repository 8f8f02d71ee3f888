import { type ComponentType, type ReactNode, useId } from 'react'
import { classNames } from '../../ui/class-names.ts'
import type { IconProps } from '../../ui/icons.ts'
import { exactMoment, formatClock, formatDuration } from '../../ui/time.ts'
import { useNow } from '../../ui/use-now.ts'
import { PersonLink } from '../audit/person-link.tsx'
import styles from './audit.module.css'
import { type ListedEntry, lengthOf, type Visit } from './audit-entries.ts'

/** A line of the history: when, what and by whom, more of it, and whose records have it. */
export function Row({
  entry,
  tone,
  icon: Icon,
  what,
  source,
  onOpen,
  openTitle = 'Open the replay',
  children,
}: {
  entry: ListedEntry
  tone?: 'me' | 'other' | 'live' | 'refused' | 'around'
  icon: ComponentType<IconProps>
  what: ReactNode
  /** Whose records have it. */
  source?: ReactNode
  onOpen?: (() => void) | undefined
  openTitle?: string
  children?: ReactNode
}) {
  const { at } = entry
  const id = useId()
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button in it is what keys reach
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same
    <div
      className={classNames(styles.row, tone && styles[`is-${tone}`])}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('button') === null) onOpen?.()
      }}
    >
      {onOpen !== undefined && (
        // Below the names and commands in the row, which lead elsewhere.
        <button
          type="button"
          className={styles.cover}
          title={`${openTitle}\n${exactMoment(at)}`}
          aria-labelledby={`${id}-what ${id}-detail ${id}-source`}
          onClick={onOpen}
        />
      )}
      <time dateTime={new Date(at).toISOString()} title={exactMoment(at)}>
        {formatClock(at)}
      </time>
      <span className={styles.node}>
        <Icon size={12} stroke={2} aria-hidden />
      </span>
      <span className={styles.what} id={`${id}-what`}>
        {what}
      </span>
      <span className={styles.detail} id={`${id}-detail`}>
        {children}
      </span>
      <span className={styles.records} id={`${id}-source`}>
        {source}
      </span>
    </div>
  )
}

/** Leads to what this person did everywhere. */
export function Person({ userName }: { userName: string }) {
  return (
    <b>
      <PersonLink userName={userName} tabIndex={-1} />
    </b>
  )
}

/** How long somebody was inside, or is. */
export function Length({ session }: { session: Pick<Visit, 'startedAt' | 'endedAt' | 'live'> }) {
  const young = session.live && Date.now() - session.startedAt < minute
  const now = useNow(young ? 'second' : 'minute')
  const length = formatDuration(lengthOf(session, now))
  return session.live ? <span className={styles.liveFor}>live for {length}</span> : length
}

const minute = 60_000

import { useQuery } from '@tanstack/react-query'
import type { MouseEvent, ReactNode } from 'react'
import type { Readiness } from '../../../contract/catalog.ts'
import { queries } from '../../app/core/queries.ts'
import { useServices } from '../../app/services.ts'
import { IconButton } from '../../ui/button.tsx'
import { ReadinessGlyph, TouchedGlyph } from '../../ui/glyphs.tsx'
import { MoreIcon } from '../../ui/icons.ts'
import { touchedWords } from '../../ui/touched-words.ts'
import styles from './navigator.module.css'

/** Clicks on a row's own buttons are not clicks on the row. */
export function stopped(run: () => void) {
  return (event: MouseEvent) => {
    event.stopPropagation()
    run()
  }
}

export function Meta({ children }: { children: ReactNode }) {
  return <span className={styles.meta}>{children}</span>
}

export function Skeleton() {
  return <span className={styles.skeleton} role="img" aria-label="Loading" />
}

/** Buttons that take the place of the meta text while the row is pointed at or selected. */
export function Actions({
  showMenu,
  children,
}: {
  showMenu: (event: MouseEvent) => void
  children?: ReactNode
}) {
  return (
    <span className={styles.actions}>
      {children}
      <IconButton label="More" tabIndex={-1} onClick={showMenu}>
        <MoreIcon size={14} stroke={1.75} aria-hidden />
      </IconButton>
    </span>
  )
}

export function Glyphs({
  touched = false,
  taskArn,
  readiness,
}: {
  touched?: boolean
  /** Of the row's task, where it is about one. */
  taskArn?: string | undefined
  readiness?: Readiness | undefined
}) {
  return (
    <>
      <span className={styles.slot}>{touched && <Touched taskArn={taskArn} />}</span>
      <span className={styles.slot}>
        {readiness !== undefined && <ReadinessGlyph readiness={readiness} />}
      </span>
    </>
  )
}

/** The diamond, with who was inside and since when. */
function Touched({ taskArn }: { taskArn: string | undefined }) {
  const { core } = useServices()
  const task = useQuery(queries.touched(core)).data?.find((each) => each.taskArn === taskArn)
  return task === undefined ? <TouchedGlyph /> : <TouchedGlyph label={touchedWords(task, Date.now())} />
}

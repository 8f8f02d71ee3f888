import type { ReactNode } from 'react'
import { useServices } from '../../app/services.ts'
import { Button } from '../../ui/button.tsx'
import { BackIcon } from '../../ui/icons.ts'
import styles from './audit.module.css'
import { partOf } from './audit-parts.ts'

/** What a part other than the search is called, the way back, and what narrows it down. */
export function PartHead({ title, children }: { title: string; children: ReactNode }) {
  const services = useServices()
  return (
    <>
      <div className={styles.partTitle}>
        <Button variant="ghost" size="small" onClick={() => partOf(services).setState({ part: 'search' })}>
          <BackIcon size={14} stroke={1.75} aria-hidden />
          Search
        </Button>
        <h2>{title}</h2>
      </div>
      <div className={styles.filters}>{children}</div>
    </>
  )
}

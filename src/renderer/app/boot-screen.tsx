import { useStore } from 'zustand'
import { Button } from '../ui/button.tsx'
import styles from './boot-screen.module.css'
import type { CoreLink } from './core/core-link.ts'

/** The window's frame before anything is known. Speaks up only when the host does not answer. */
export function BootScreen({ core }: { core: CoreLink }) {
  const link = useStore(core.state)
  return (
    <div className={styles.frame}>
      <div className={styles.title} />
      <div className={styles.body} role="status">
        {link.status === 'lost' && (
          <>
            <b>Porthole does not answer</b>
            <span>The window connects by itself once it runs again.</span>
            <Button onClick={() => core.retryNow()}>Try now</Button>
          </>
        )}
      </div>
    </div>
  )
}

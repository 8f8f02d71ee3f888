import type { ReactNode } from 'react'
import { CoreError } from '../../app/core/core-error.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorCallout } from '../../ui/callout.tsx'
import styles from './audit.module.css'

/** What is read page by page: why it could not be, what there is, and the way to earlier ones. */
export function PartPages({
  query: { error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch },
  earlier,
  children,
}: {
  query: {
    error: Error | null
    hasNextPage: boolean
    isFetchingNextPage: boolean
    fetchNextPage: () => Promise<unknown>
    refetch: () => Promise<unknown>
  }
  /** Words of the button that reads on. */
  earlier: string
  children: ReactNode
}) {
  return (
    <>
      {error instanceof CoreError && (
        <ErrorCallout
          error={error.value}
          action={<Button onClick={() => void refetch()}>Try again</Button>}
        />
      )}
      {children}
      {hasNextPage && (
        <Button
          variant="ghost"
          className={styles.earlier}
          busy={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {earlier}
        </Button>
      )}
    </>
  )
}

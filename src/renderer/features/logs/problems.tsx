import { Button } from '../../ui/button.tsx'
import { Callout, ErrorCallout } from '../../ui/callout.tsx'
import { displayText } from '../../ui/display-text.ts'
import { LogsIcon } from '../../ui/icons.ts'
import { Name } from '../../ui/name.tsx'
import type { FeedState } from './log-feed.ts'
import styles from './logs.module.css'

/** Which containers have nothing to show here, and why. One callout for what stands in the way of all. */
export function Problems({ state, onRetry }: { state: FeedState; onRetry: () => void }) {
  const { sources, problems, error, phase } = state
  const found = sources.flatMap(({ container, problem }, source) => {
    const known = problem ?? problems.get(source)
    return known === undefined ? [] : [{ container, problem: known }]
  })
  const shared = Map.groupBy(found, ({ problem }) => problem.message)
  if (found.length === 0 && (error === undefined || phase === 'failed')) return null
  const retry = (
    <Button size="small" onClick={onRetry}>
      Load again
    </Button>
  )
  return (
    <div className={styles.problems}>
      {error !== undefined && phase !== 'failed' && <ErrorCallout error={error} action={retry} />}
      {[...shared].map(([message, [first, ...others]]) =>
        first === undefined ? null : first.problem.code === 'LOGS_ELSEWHERE' ? (
          <Callout key={message} tone="info" icon={LogsIcon} title={displayText(message)}>
            {displayText(first.problem.action ?? '')}
          </Callout>
        ) : (
          <ErrorCallout
            key={message}
            error={first.problem}
            action={
              <>
                <Name text={[first, ...others].map(({ container }) => container).join(', ')} />
                {first.problem.retryable && retry}
              </>
            }
          />
        ),
      )}
    </div>
  )
}

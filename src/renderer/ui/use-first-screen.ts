import { startTransition, useEffect, useState } from 'react'

/** A page that never rests, with a flood in a terminal beside it, must not wait for ever. */
const restLimitMilliseconds = 300

/**
 * False until what a component draws first is on the screen and the browser has nothing else to
 * do: what is below the fold waits for that, and comes without anybody asking.
 */
export function useFirstScreenDrawn(): boolean {
  const [isDrawn, setDrawn] = useState(false)
  useEffect(() => {
    const idle = requestIdleCallback(() => startTransition(() => setDrawn(true)), {
      timeout: restLimitMilliseconds,
    })
    return () => cancelIdleCallback(idle)
  }, [])
  return isDrawn
}

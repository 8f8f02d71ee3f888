import { type ComponentType, useEffect, useState } from 'react'

export type LoadedOnDemand<Props> = ComponentType<Props> & {
  /** Fetches the module ahead of its first use. */
  preload(): void
}

/**
 * A component whose module comes when it is first drawn, or earlier by
 * `preload`; nothing is shown until then. In place of React's `lazy`, which
 * suspends once even when the module is there, and React holds back what
 * suspended for 300 ms: too long between a key and a shell.
 */
export function loadedOnDemand<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LoadedOnDemand<Props> {
  let loaded: ComponentType<Props> | undefined
  let loading: Promise<void> | undefined

  const fetch = () => {
    loading ??= load().then(
      (module) => {
        loaded = module.default
      },
      (reason: unknown) => {
        // The next use tries again; a host that went away for a moment must not cost the tab.
        loading = undefined
        throw reason
      },
    )
    return loading
  }

  function OnDemand(props: Props) {
    const [failure, setFailure] = useState<unknown>(undefined)
    const [, setArrived] = useState(loaded !== undefined)
    useEffect(() => {
      if (loaded !== undefined) return
      let gone = false
      fetch().then(
        () => !gone && setArrived(true),
        (reason: unknown) => !gone && setFailure(reason),
      )
      return () => {
        gone = true
      }
    }, [])
    if (failure !== undefined) throw failure
    const Component = loaded
    return Component === undefined ? null : <Component {...props} />
  }
  return Object.assign(OnDemand, {
    preload() {
      // A failure shows itself at the first use, which tries again.
      fetch().catch(() => {})
    },
  })
}

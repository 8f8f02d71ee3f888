/**
 * Calls at once, and what is asked for soon after that once more at the end of the pace: however
 * often something happens, whoever shows it works now and then, and never misses the last.
 * Dispose it to call nothing more.
 */
export function paced(act: () => void, paceMilliseconds: number): (() => void) & Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isWanted = false
  const call = () => {
    if (timer !== undefined) {
      isWanted = true
      return
    }
    isWanted = false
    timer = setTimeout(() => {
      timer = undefined
      if (isWanted) call()
    }, paceMilliseconds)
    act()
  }
  return Object.assign(call, { [Symbol.dispose]: () => clearTimeout(timer) })
}

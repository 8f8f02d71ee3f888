/**
 * The measuring instrument inside a page: any page with a terminal that keeps
 * the number of parsed bytes in `data-drawn-bytes`, which the product and the
 * minimal page both do. Times are the page's own, in milliseconds; none of them
 * includes the way between this program and the page.
 */
export interface TerminalProbe {
  /** Bytes parsed by the terminal in front. */
  drawnBytes(): number
  /** Begins to measure output at the next key that goes down. */
  awaitOutput(options: OutputMeasurement): void
  /** The measurement that was begun. */
  output(): Promise<MeasuredOutput>
  /** Begins to collect the times from a key to the change of the terminal's buffer. */
  awaitEchoes(): void
  /** Resolves when so many were collected, and a little quiet followed. */
  echoes(count: number): Promise<number[]>
}

export interface OutputMeasurement {
  /** Ends when so many bytes were drawn. */
  byteCount: number
  /** Ends, too, after so many milliseconds without any. */
  quiet: number
}

export interface MeasuredOutput {
  byteCount: number
  /** From the key to the first and to the last change of the buffer. */
  first: number
  last: number
  /** Longest wait between two frames while output came. */
  longestFrame: number
}

declare global {
  interface Window {
    terminalProbe: TerminalProbe
  }
}

/** Runs inside the page, before its own scripts; uses nothing from outside its body. */
export function installProbe(): void {
  /** A key after quiet, as people type: the next echo must not find the last one's batch still open. */
  const quietBetweenKeys = 15
  const attribute = 'data-drawn-bytes'
  let running: { promise: Promise<MeasuredOutput> } | undefined
  let echoTimes: number[] = []
  let collected = () => {}
  let stopEchoes = () => {}

  const drawnBytes = () => Number(document.querySelector(`[${attribute}]`)?.getAttribute(attribute) ?? 0)

  function onDrawn(listener: () => void): () => void {
    const observer = new MutationObserver(listener)
    observer.observe(document, { subtree: true, attributes: true, attributeFilter: [attribute] })
    return () => observer.disconnect()
  }

  function measureOutput(pressedAt: number, options: OutputMeasurement): Promise<MeasuredOutput> {
    const { promise, resolve } = Promise.withResolvers<MeasuredOutput>()
    const before = drawnBytes()
    let first = 0
    let last = 0
    let longestFrame = 0
    let lastFrame = pressedAt
    let frame = requestAnimationFrame(function tick(now) {
      longestFrame = Math.max(longestFrame, now - lastFrame)
      lastFrame = now
      frame = requestAnimationFrame(tick)
    })
    const end = () => {
      stop()
      clearInterval(watch)
      cancelAnimationFrame(frame)
      resolve({ byteCount: drawnBytes() - before, first, last, longestFrame })
    }
    const stop = onDrawn(() => {
      last = performance.now() - pressedAt
      if (first === 0) first = last
      if (drawnBytes() - before >= options.byteCount) end()
    })
    const watch = setInterval(() => {
      if (performance.now() - pressedAt - last > options.quiet) end()
    }, 50)
    return promise
  }

  window.terminalProbe = {
    drawnBytes,
    awaitOutput(options) {
      const { promise, resolve } = Promise.withResolvers<MeasuredOutput>()
      running = { promise }
      const keyDown = (event: KeyboardEvent) => {
        if (event.key === 'Control') return
        removeEventListener('keydown', keyDown, true)
        measureOutput(performance.now(), options).then(resolve)
      }
      addEventListener('keydown', keyDown, true)
    },
    output() {
      if (running === undefined) throw new Error('No measurement was begun.')
      return running.promise
    },
    awaitEchoes() {
      stopEchoes()
      echoTimes = []
      let pressedAt: number | undefined
      const keyDown = () => {
        pressedAt = performance.now()
      }
      addEventListener('keydown', keyDown, true)
      const stop = onDrawn(() => {
        if (pressedAt === undefined) return
        echoTimes.push(performance.now() - pressedAt)
        pressedAt = undefined
        collected()
      })
      stopEchoes = () => {
        stop()
        removeEventListener('keydown', keyDown, true)
      }
    },
    async echoes(count) {
      while (echoTimes.length < count) {
        const { promise, resolve } = Promise.withResolvers<void>()
        collected = resolve
        await promise
      }
      await new Promise((resolve) => setTimeout(resolve, quietBetweenKeys))
      return echoTimes
    },
  }
}

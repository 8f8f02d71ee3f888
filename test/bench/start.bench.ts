import { type BenchApp, startBenchApp, startLocalAws } from './bench-app.ts'
import { type Benchmark, type BenchResult, scaled } from './bench-result.ts'
import { overRounds } from './statistics.ts'

const fullRounds = 7

interface Load {
  firstPaint: number
  /** When what the page is for could be used: a button to press, a row to choose. */
  usable: number
}

/** Built product, browser that was here before: from navigation to first paint and to something usable. */
export const measureStart: Benchmark = async (context) => {
  await using aws = await startLocalAws()
  await using app = await startBenchApp(context, { aws })
  const rounds = scaled(context, fullRounds, 2)
  const signInButton = app.window.getByRole('button', { name: /^Sign in to/ })
  await signInButton.waitFor()
  const signedOut = await loads(app, rounds, '[data-sign-in] form button:enabled')
  await app.porthole.signIn()
  const signedIn = await loads(app, rounds, '[role=treeitem][aria-level="2"]')
  return [
    ...results('signed out', 'sign-in screen', signedOut),
    ...results('signed in', 'first rows', signedIn),
  ]
}

async function loads({ window: page, address }: BenchApp, rounds: number, usable: string): Promise<Load[]> {
  await using _watch = await page.addInitScript(watchFor, usable)
  const measured: Load[] = []
  // The first one fills the browser's cache and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    await page.goto(address)
    const load = await page.evaluate(async () => {
      const paint = new Promise<number>((resolve) => {
        const observer = new PerformanceObserver((list) => {
          const [first] = list.getEntriesByName('first-contentful-paint')
          if (first !== undefined) resolve(first.startTime)
        })
        observer.observe({ type: 'paint', buffered: true })
      })
      return { firstPaint: await paint, usable: await window.seenAt }
    })
    if (round > 0) measured.push(load)
  }
  return measured
}

declare global {
  interface Window {
    /** Milliseconds from navigation until the awaited element was there. */
    seenAt: Promise<number>
  }
}

/** Runs inside the page, before its own scripts. */
function watchFor(selector: string): void {
  const { promise, resolve } = Promise.withResolvers<number>()
  window.seenAt = promise
  const observer = new MutationObserver(() => {
    if (document.querySelector(selector) === null) return
    observer.disconnect()
    // Seen means painted: the frame after the one that is being made now.
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())))
  })
  observer.observe(document, { subtree: true, childList: true, attributes: true })
}

function results(who: string, what: string, measured: readonly Load[]): BenchResult[] {
  return [
    overRounds(
      measured.map(({ firstPaint }) => firstPaint),
      { name: `start, ${who}: first paint`, unit: 'ms', budget: { atMost: 1000 } },
    ),
    overRounds(
      measured.map(({ usable }) => usable),
      { name: `start, ${who}: ${what}`, unit: 'ms', budget: { atMost: 1500 } },
    ),
  ]
}

import type { Page } from '@playwright/test'
import type { BenchResult } from './bench-result.ts'

/** A second of scrolling, a wheel's notch per frame. */
const scrolledFrames = 60
const notchPixels = 120
const framesPerSecond = 60
/** Headless Chromium's clock ticks a little unevenly even when nothing happens. */
const tolerance = 0.95

/** Frames per second while what a selector names is scrolled. */
export async function scrollFrames(page: Page, name: string, selector: string): Promise<BenchResult> {
  const gaps = await page.evaluate(
    async ({ selector, frames, notch }) => {
      const list = document.querySelector(selector)
      if (list === null) throw new Error('There is no list to scroll.')
      const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
      const measured: number[] = []
      let last = await nextFrame()
      for (let frame = 0; frame < frames; frame += 1) {
        list.scrollTop += notch
        const now = await nextFrame()
        measured.push(now - last)
        last = now
      }
      return measured
    },
    { selector, frames: scrolledFrames, notch: notchPixels },
  )
  const total = gaps.reduce((sum, gap) => sum + gap, 0)
  return {
    name,
    value: (gaps.length * 1000) / total,
    unit: 'frames/s',
    spread: { low: 1000 / Math.max(...gaps), high: 1000 / Math.min(...gaps) },
    budget: { atLeast: framesPerSecond * tolerance },
  }
}

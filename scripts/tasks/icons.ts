import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { ensureBrowser } from '../lib/browser.ts'
import { findBrowser } from '../lib/find-browser.ts'
import { projectFolder, say } from '../lib/project.mjs'
import { type IconPicture, writeIcns, writeIco } from '../packaging/icon-containers.ts'
import {
  drawingFor,
  fingerprintOfDrawings,
  linuxSizes,
  macSizes,
  windowsSizes,
} from '../packaging/icon-files.ts'

/** Renders the drawings in resources/icons to what each system wants. The results are committed: few builders have a Chromium. */
const folder = path.join(projectFolder, 'resources', 'icons')
const pngFolder = path.join(folder, 'png')

ensureBrowser()
const browser = await chromium.launch({ executablePath: findBrowser() })
try {
  const page = await browser.newPage({ deviceScaleFactor: 1 })
  const render = (sizes: number[], platform: 'mac' | 'other') => renderAll(page, sizes, platform)

  rmSync(pngFolder, { recursive: true, force: true })
  mkdirSync(pngFolder, { recursive: true })
  for (const { size, png } of await render(linuxSizes, 'other'))
    writeFileSync(path.join(pngFolder, `${size}x${size}.png`), png)
  writeFileSync(path.join(folder, 'porthole.ico'), writeIco(await render(windowsSizes, 'other')))
  writeFileSync(path.join(folder, 'porthole.icns'), writeIcns(await render(macSizes, 'mac')))
  writeFileSync(path.join(folder, 'rendered-from.sha256'), `${fingerprintOfDrawings(folder)}\n`)
  say('resources/icons: png/, porthole.ico, porthole.icns')
} finally {
  await browser.close()
}

async function renderAll(page: Page, sizes: number[], platform: 'mac' | 'other'): Promise<IconPicture[]> {
  const pictures: IconPicture[] = []
  for (const size of sizes) {
    const svg = readFileSync(path.join(folder, drawingFor(size, platform)))
    await page.setViewportSize({ width: size, height: size })
    await page.setContent(
      `<body style="margin:0"><img style="display:block" width="${size}" height="${size}"
        src="data:image/svg+xml;base64,${svg.toString('base64')}">`,
    )
    pictures.push({ size, png: await page.screenshot({ omitBackground: true }) })
  }
  return pictures
}

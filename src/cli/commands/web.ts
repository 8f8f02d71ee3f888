import { runBrowserHost } from '../browser-host.ts'
import { parseHostOptions } from '../options.ts'
import type { Command } from '../porthole.ts'
import { demo } from './demo.ts'

/** The browser host alone, for programs that drive it and for machines without a desktop. */
export const web: Command = async (args, stop) => {
  const options = parseHostOptions([...args, '--browser'])
  if (options.demo) return demo([...args, '--browser'], stop)
  await runBrowserHost({ ...options, environment: process.env }, stop)
}

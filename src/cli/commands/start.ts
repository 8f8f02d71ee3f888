import { runBrowserHost } from '../browser-host.ts'
import { parseHostOptions } from '../options.ts'
import type { Command } from '../porthole.ts'

/** Porthole with the AWS configuration of whoever runs it. */
export const start: Command = async (args, stop) => {
  const options = parseHostOptions(args)
  await runBrowserHost({ ...options, demo: false, environment: process.env }, stop)
}

import { parseHostOptions } from '../options.ts'
import type { Command } from '../porthole.ts'
import { runHost } from '../run-host.ts'

/** Porthole with the AWS configuration of whoever runs it. */
export const start: Command = async (args, stop) => {
  const options = parseHostOptions(args)
  await runHost({ ...options, demo: false, environment: process.env }, stop)
}

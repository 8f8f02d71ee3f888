import { parseArgs } from 'node:util'
import { PortholeError } from '../contract/errors.ts'

export interface HostOptions {
  port: number
  open: boolean
  /** Program of the Electron to open the desktop window with; without one, the browser is the window. */
  electron: string | undefined
  demo: boolean
  tasks: number | undefined
  /** Demo only: further accounts. */
  accounts: number | undefined
  /** Demo only: output as fast as this computer can, not at AWS's pace. */
  unpaced: boolean
  dataFolder: string | undefined
  /** Where all of AWS is, as with the AWS CLI. */
  endpointUrl: string | undefined
}

/**
 * The flags of `start`, `demo` and `web`.
 * @throws {PortholeError} INVALID_REQUEST, naming the flag
 */
export function parseHostOptions(args: string[]): HostOptions {
  const { values } = parse(args, {
    port: { type: 'string' },
    'no-open': { type: 'boolean' },
    browser: { type: 'boolean' },
    desktop: { type: 'boolean' },
    electron: { type: 'string' },
    demo: { type: 'boolean' },
    tasks: { type: 'string' },
    accounts: { type: 'string' },
    unpaced: { type: 'boolean' },
    'data-folder': { type: 'string' },
    'endpoint-url': { type: 'string' },
  })
  if (values.desktop && (values.browser || values.port !== undefined || values['no-open']))
    throw new PortholeError({
      code: 'INVALID_REQUEST',
      message: '--desktop does not go with --browser, --port or --no-open, which are about browser mode.',
      action: 'Leave one of them out.',
    })
  return {
    port: parseNumber('--port', values.port, 0, 65_535) ?? 0,
    open: values['no-open'] !== true,
    electron: values.browser ? undefined : values.electron,
    demo: values.demo === true,
    tasks: parseNumber('--tasks', values.tasks, 1, 100_000),
    accounts: parseNumber('--accounts', values.accounts, 1, 5_000),
    unpaced: values.unpaced === true,
    dataFolder: values['data-folder'],
    endpointUrl: values['endpoint-url'],
  }
}

function parse<const Options extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(
  args: string[],
  options: Options,
) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false })
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split('. ')[0] ?? cause.message) : String(cause)
    throw new PortholeError(
      { code: 'INVALID_REQUEST', message: `${message}.`, action: 'Run porthole --help.' },
      { cause },
    )
  }
}

function parseNumber(
  flag: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new PortholeError({
    code: 'INVALID_REQUEST',
    message: `${flag} takes a whole number from ${least} to ${most}, not "${text}".`,
  })
}

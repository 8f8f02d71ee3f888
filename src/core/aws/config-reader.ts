import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import { type Clock, sleep } from '../clock.ts'
import { type AwsConfig, parseAwsConfig, readAwsConfig } from './config-file.ts'

/** A config file as it is now, or was when it could last be understood. */
export interface ConfigReading {
  config: AwsConfig
  /** Why the file as it is now is not used. */
  problem?: ErrorValue
}

export interface ConfigReader {
  /** Never rejects: a file that could never be read is empty, with a problem. */
  read(): Promise<ConfigReading>
  /** @throws {PortholeError} CONFIG_INVALID when it could never be read */
  config(): Promise<AwsConfig>
}

/** Many programs save by emptying a file and then writing it. */
const saveMilliseconds = 100

/**
 * Reads a file that people edit while the app runs. Half a save, or a slip of the
 * keyboard, must not take away the sign-ins that are in use: what was good last
 * stays in force until the file is good again.
 */
export function createConfigReader(file: string, clock: Clock): ConfigReader {
  let lastGood: AwsConfig | undefined

  async function read(): Promise<ConfigReading & { isGood: boolean }> {
    try {
      // Anew every time: a small file, and no watcher is needed to be right.
      const now = await readAwsConfig(file)
      const isEmptied = now.lines.length === 0 && (lastGood?.lines.length ?? 0) > 0
      if (isEmptied) await sleep(clock, saveMilliseconds)
      lastGood = isEmptied ? await readAwsConfig(file) : now
      return { config: lastGood, isGood: true }
    } catch (error) {
      if (!(error instanceof PortholeError)) throw error
      const config = lastGood ?? parseAwsConfig('', file)
      return { config, problem: error.value, isGood: lastGood !== undefined }
    }
  }

  return {
    async read() {
      const { config, problem } = await read()
      return { config, ...(problem && { problem }) }
    },
    async config() {
      const { config, problem, isGood } = await read()
      if (problem && !isGood) throw new PortholeError(problem)
      return config
    },
  }
}

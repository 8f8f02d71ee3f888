import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
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

/**
 * Reads a file that people edit while the app runs. Half a save, or a slip of the
 * keyboard, must not take away the sign-ins that are in use: what was good last
 * stays in force until the file is good again.
 */
export function createConfigReader(file: string): ConfigReader {
  let lastGood: AwsConfig | undefined

  async function read(): Promise<ConfigReading & { isGood: boolean }> {
    try {
      // Anew every time: a small file, and no watcher is needed to be right.
      lastGood = await readAwsConfig(file)
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

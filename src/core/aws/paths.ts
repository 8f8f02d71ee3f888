import { isAbsolute, join, resolve } from 'node:path'

/** Values of environment variables, passed in so that nothing reads the process's own. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>

/** Where the files that we share with the AWS CLI lie. None of them need exist. */
export interface AwsPaths {
  configFile: string
  credentialsFile: string
  /** Access tokens of IAM Identity Center, in the CLI's format (reference: botocore `SSOTokenLoader`). */
  ssoCacheFolder: string
  /** Role credentials of the CLI, which we delete at a sign-out and never read. */
  cliCacheFolder: string
  /** Credentials of `aws login`. */
  loginCacheFolder: string
}

/** The CLI lets variables move some of its files; the other caches always stay in the home folder. */
export function awsPaths(environment: EnvironmentVariables, home: string): AwsPaths {
  const folder = join(home, '.aws')
  return {
    configFile: fromVariable(environment.AWS_CONFIG_FILE, home) ?? join(folder, 'config'),
    credentialsFile:
      fromVariable(environment.AWS_SHARED_CREDENTIALS_FILE, home) ?? join(folder, 'credentials'),
    ssoCacheFolder: join(folder, 'sso', 'cache'),
    cliCacheFolder: join(folder, 'cli', 'cache'),
    loginCacheFolder:
      fromVariable(environment.AWS_LOGIN_CACHE_DIRECTORY, home) ?? join(folder, 'login', 'cache'),
  }
}

function fromVariable(value: string | undefined, home: string): string | undefined {
  if (!value) return undefined
  const expanded = value.replace(/^~(?=$|[/\\])/, home)
  return isAbsolute(expanded) ? expanded : resolve(expanded)
}

import { exec } from 'node:child_process'
import { z } from 'zod'
import { PortholeError } from '../../contract/errors.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { EnvironmentVariables } from '../aws/paths.ts'

/** A program may wait for a touch or a browser, but somebody waits for it. The CLI waits for ever. */
const processLimitMilliseconds = 90_000
/** What it prints is a few hundred bytes. */
const longestOutputBytes = 64 * 1024

/** Source: "Sourcing credentials with an external process", AWS SDKs and Tools guide. */
const outputSchema = z.object({
  Version: z.literal(1),
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  SessionToken: z.string().optional(),
  Expiration: z.iso.datetime({ offset: true }).optional(),
})

/**
 * Credentials that a program prints. Not the SDK's provider: that one reads the
 * config file itself, where it finds no names with spaces, and waits for ever.
 *
 * @throws {PortholeError} CREDENTIALS_UNAVAILABLE; never with what the program printed to its output
 */
export async function processCredentials(
  { command, profile }: { command: string; profile: string },
  environment: EnvironmentVariables,
): Promise<RoleCredentials> {
  const output = await run(command, profile, environment)
  const parsed = outputSchema.safeParse(parseJson(output))
  if (!parsed.success) throw failed(profile, 'printed no credentials in the form that is agreed on')
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = parsed.data
  const expiresAt = Expiration === undefined ? undefined : Date.parse(Expiration)
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken ? { sessionToken: SessionToken } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

/** By the shell, as the CLI and the SDKs do: the command is the person's own. */
function run(command: string, profile: string, environment: EnvironmentVariables): Promise<string> {
  const options = {
    env: { ...environment },
    timeout: processLimitMilliseconds,
    maxBuffer: longestOutputBytes,
    windowsHide: true,
  }
  return new Promise((resolve, reject) => {
    exec(command, options, (error, stdout, stderr) => {
      if (!error) resolve(stdout)
      else if (error.killed) reject(failed(profile, 'took too long', stderr))
      else reject(failed(profile, `ended with ${error.code ?? error.signal ?? 'an error'}`, stderr))
    })
  })
}

/** Programs explain themselves on stderr, and some print there what they should not. */
const secretRun = /[A-Za-z0-9+/=_-]{32,}/g
const longestDetailCharacters = 500

function failed(profile: string, what: string, stderr = ''): PortholeError {
  const detail = stderr.trim().replace(secretRun, '[removed]').slice(0, longestDetailCharacters)
  return new PortholeError({
    code: 'CREDENTIALS_UNAVAILABLE',
    message: `The credential_process of profile "${profile}" ${what}.`,
    ...(detail ? { detail } : {}),
    action: 'Run the command in a terminal to see what it does.',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

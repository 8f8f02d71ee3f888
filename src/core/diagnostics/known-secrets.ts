import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConfigReader } from '../aws/config-reader.ts'
import type { AwsPaths, EnvironmentVariables } from '../aws/paths.ts'

/** Names whose values are nobody else's business, in variables, config files and JSON alike. */
const secretName = /secret|token|passw|passphrase|private_?key|api_?key|authorization|credential/i
/** Has such a name, but is a switch, a path or a name. */
const harmlessName =
  /(_file|_path|_uri|_source|expir\w*|_type|_endpoint|_disabled)$|^credential_process$|credentials_file/i

export interface SecretPlaces {
  environment: EnvironmentVariables
  configReader: Pick<ConfigReader, 'read'>
  credentialsReader: Pick<ConfigReader, 'read'>
  paths: Pick<AwsPaths, 'ssoCacheFolder' | 'cliCacheFolder' | 'loginCacheFolder'>
}

/**
 * Every secret that this computer is known to hold in the places that we read.
 * The report has no use for any of them; this is for the message of somebody
 * else that quotes one. A place that cannot be read adds nothing.
 */
export async function knownSecrets(places: SecretPlaces): Promise<string[]> {
  const { environment, configReader, credentialsReader, paths } = places
  const found = await Promise.all([
    fromVariables(environment),
    fromConfig(configReader),
    fromConfig(credentialsReader),
    ...[paths.ssoCacheFolder, paths.cliCacheFolder, paths.loginCacheFolder].map(fromCache),
  ])
  return found.flat()
}

function isSecretName(name: string): boolean {
  return secretName.test(name) && !harmlessName.test(name)
}

async function fromVariables(environment: EnvironmentVariables): Promise<string[]> {
  return Object.entries(environment).flatMap(([name, value = '']) => [
    ...(isSecretName(name) ? [value] : []),
    ...(/proxy$|url/i.test(name) ? loginOf(value) : []),
  ])
}

/** Of a URL: the password as it was written and as it is meant, and both with the user name. */
function loginOf(text: string): string[] {
  const [, userInfo = ''] = /^(?:[a-z][\w+.-]*:\/\/)?([^/?#]*)@/i.exec(text) ?? []
  const [, password = ''] = /^[^:]*:(.*)$/.exec(userInfo) ?? []
  return [userInfo, password].flatMap((part) => [part, decoded(part)]).filter(Boolean)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function fromConfig(reader: Pick<ConfigReader, 'read'>): Promise<string[]> {
  const { config } = await reader.read()
  return config.sections.flatMap(({ values, nested }) =>
    [values, ...nested.values()].flatMap((entries) =>
      [...entries].flatMap(([key, value]) => [
        ...(isSecretName(key) ? [value] : []),
        ...(key === 'credential_process' ? opaqueWords(value) : []),
        ...(/url/.test(key) ? loginOf(value) : []),
      ]),
    ),
  )
}

/** A command's arguments may be secrets; long ones with letters and digits are none of our words. */
function opaqueWords(command: string): string[] {
  const longEnough = 12
  return command
    .split(/[\s"'=]+/)
    .slice(1)
    .filter((word) => word.length >= longEnough && /\d/.test(word) && /[a-z]/i.test(word))
}

/** A folder of JSON files: tokens of Identity Center, role credentials of the CLI, console sign-ins. */
async function fromCache(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const files = names.filter((name) => name.endsWith('.json'))
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')))
  return texts.flatMap(secretsInJson)
}

function secretsInJson(text: string): string[] {
  try {
    return secretValues(JSON.parse(text))
  } catch {
    return []
  }
}

function secretValues(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' ? (isSecretName(key) || /key$/i.test(key) ? [inner] : []) : secretValues(inner),
  )
}

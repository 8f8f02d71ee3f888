import { createHash } from 'node:crypto'
import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { AwsConfig } from '../aws/config-file.ts'
import { readSmallFile } from '../files/read-small-file.ts'
import { ssoProfilesOf } from './sso-profiles.ts'
import { type SsoSession, tokenKeyOf } from './sso-session.ts'

/** A file of the CLI's token cache that holds an access token, whoever wrote it. */
export interface FoundToken {
  file: string
  accessToken: string
  region: string | undefined
}

const foundTokenSchema = z.looseObject({ accessToken: z.string().min(1), region: z.string().optional() })

/** Registrations and whatever else lies there are not tokens; what cannot be read is left alone. */
export async function findTokens(folder: string): Promise<FoundToken[]> {
  const found = await Promise.all((await jsonFilesIn(folder)).map(readToken))
  return found.flat()
}

async function readToken(file: string): Promise<FoundToken | []> {
  const { data } = foundTokenSchema.safeParse(await readJson(file))
  return data ? { file, accessToken: data.accessToken, region: data.region } : []
}

/** The CLI's name for role credentials that came through IAM Identity Center (botocore's `SSOCredentialFetcher`). */
export function roleCredentialsFileName(role: {
  accountId: string
  roleName: string
  session: Pick<SsoSession, 'name' | 'startUrl' | 'legacyProfiles'>
}): string {
  const { accountId, roleName, session } = role
  const key = tokenKeyOf(session)
  // Sorted by name, without spaces: the CLI hashes this very text.
  const text = session.legacyProfiles
    ? JSON.stringify({ accountId, roleName, startUrl: key })
    : JSON.stringify({ accountId, roleName, sessionName: key })
  return `${createHash('sha1').update(text, 'utf8').digest('hex')}.json`
}

/** Deletes what the CLI keeps of a session's roles, as far as profiles say which they are. */
export async function removeRoleCredentialsOf(
  session: SsoSession,
  config: AwsConfig,
  folder: string,
): Promise<void> {
  const roles = ssoProfilesOf(config).flatMap(({ name, session: sessionName, accountId, roleName }) => {
    const isOfSession = session.legacyProfiles?.includes(name) ?? sessionName === session.name
    return isOfSession && accountId && roleName ? [{ accountId, roleName, session }] : []
  })
  const files = roles.map((role) => join(folder, roleCredentialsFileName(role)))
  await Promise.all(files.map((file) => unlink(file).catch(() => {})))
}

const ssoCredentialsSchema = z.looseObject({ ProviderType: z.literal('sso') })

/** As `aws sso logout` does: credentials from other sources, e.g. of assumed roles, stay. */
export async function removeAllRoleCredentials(folder: string): Promise<void> {
  await Promise.all(
    (await jsonFilesIn(folder)).map(async (file) => {
      if (ssoCredentialsSchema.safeParse(await readJson(file)).success) await unlink(file).catch(() => {})
    }),
  )
}

async function jsonFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name))
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readSmallFile(file))
  } catch {
    return undefined
  }
}

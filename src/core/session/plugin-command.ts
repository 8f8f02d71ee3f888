import { devNull } from 'node:os'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { EngineRequest } from './engine.ts'

/** The plugin reads the session from the variable with this name when it is given as the first argument. */
const responseVariable = 'AWS_SSM_START_SESSION_RESPONSE'

/**
 * The plugin's six arguments. The token travels in the environment, because
 * arguments are shown to every user of the computer. The endpoint is SSM's:
 * the AWS CLI passes ECS's for `execute-command`, and its sessions can
 * therefore never be resumed. Without the target the plugin panics, and the
 * agent refuses the encryption context.
 */
export function pluginArguments(request: EngineRequest): string[] {
  const parameters = JSON.stringify({ Target: request.target })
  // An empty profile makes the plugin take the credentials of its environment.
  return [responseVariable, request.region, 'StartSession', '', parameters, request.ssmEndpoint]
}

/** Variables of ours that the plugin needs to reach AWS and to find its libraries; nothing else is passed on. */
const passedOn = [
  'HOME',
  'LANG',
  'LC_ALL',
  'TMPDIR',
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'NO_PROXY',
  'no_proxy',
  'AWS_CA_BUNDLE',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  // Windows programs do not start without these.
  'SystemRoot',
  'TEMP',
  'TMP',
]

/** The plugin's whole environment. */
export function pluginEnvironment(options: {
  request: EngineRequest
  credentials: RoleCredentials
  own: Record<string, string | undefined>
  searchPath: string
}): Record<string, string> {
  const { request, credentials, own, searchPath } = options
  const kept = passedOn.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]] as const]))
  return {
    ...Object.fromEntries(kept),
    PATH: searchPath,
    TERM: 'xterm-256color',
    [responseVariable]: JSON.stringify({
      SessionId: request.awsSessionId,
      StreamUrl: request.streamUrl,
      TokenValue: request.tokenValue,
    }),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_REGION: request.region,
    // The plugin takes no argument for it, and would ask the Region's public one.
    AWS_ENDPOINT_URL_KMS: request.kmsEndpoint,
    // Slow probing of an address that no desktop has.
    AWS_EC2_METADATA_DISABLED: 'true',
    // A profile of the user's must not change whom the session belongs to.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  }
}

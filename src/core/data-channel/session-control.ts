import {
  DoesNotExistException,
  ResumeSessionCommand,
  SSMClient,
  type SSMClientConfig,
  TerminateSessionCommand,
} from '@aws-sdk/client-ssm'
import { toAwsError } from '../aws/aws-errors.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { ChannelGrant, ResumeSession } from './channel-connection.ts'

/** One attempt: the channel's own back-off decides about the next, with fresh credentials. */
const attemptsPerCall = 1

/** The two calls of SSM that a running session needs. */
export interface SessionControl {
  /** ResumeSession: a new token and stream URL, or `over` when AWS gives none. */
  resume: (sessionId: string) => ReturnType<ResumeSession>
  /** TerminateSession. */
  terminate: (sessionId: string) => Promise<void>
}

/**
 * The calls at one SSM endpoint, with credentials asked for anew at each call.
 * @throws {PortholeError} from the calls, as `toAwsError` has it; one that is not retryable is final
 */
export function ssmSessionControl(options: {
  endpoint: string
  region: string
  credentials: () => Promise<RoleCredentials>
  /** Carries proxy and certificate authorities. It belongs to whoever made it. */
  requestHandler?: SSMClientConfig['requestHandler']
}): SessionControl {
  const { endpoint, region, requestHandler } = options
  const call = async <Answer>(
    action: string,
    send: (client: SSMClient) => Promise<Answer>,
  ): Promise<Answer> => {
    const credentials = await options.credentials()
    const client = new SSMClient({
      endpoint,
      region,
      credentials,
      maxAttempts: attemptsPerCall,
      requestHandler,
    })
    try {
      return await send(client)
    } catch (thrown) {
      throw toAwsError(thrown, { action, region })
    } finally {
      client.destroy()
    }
  }
  return {
    resume: (sessionId) => call('ssm:ResumeSession', (client) => resumeSession(client, sessionId)),
    terminate: (sessionId) =>
      call('ssm:TerminateSession', async (client) => {
        await client.send(new TerminateSessionCommand({ SessionId: sessionId }))
      }),
  }
}

async function resumeSession(client: SSMClient, sessionId: string): Promise<ChannelGrant | 'over'> {
  try {
    const answer = await client.send(new ResumeSessionCommand({ SessionId: sessionId }))
    // Without a token the session is over; the plugin reads it the same way.
    if (!answer.TokenValue || !answer.StreamUrl) return 'over'
    return { tokenValue: answer.TokenValue, streamUrl: answer.StreamUrl }
  } catch (error) {
    if (error instanceof DoesNotExistException) return 'over'
    throw error
  }
}

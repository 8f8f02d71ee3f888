import { PortholeError } from '../../contract/errors.ts'
import type { Scope } from '../../contract/identity.ts'
import type { AwsClients } from '../aws/clients.ts'

/** ARNs or names, as ECS takes them. */
export interface ExecuteCommandInput {
  cluster: string
  task: string
  container: string
  /** Run directly by the agent, without `sh -c`. */
  command: string
}

/** What ECS grants for one session. `tokenValue` is a secret for a single socket. */
export interface ExecuteCommandGrant {
  sessionId: string
  streamUrl: string
  tokenValue: string
}

export type ExecuteCommand = (scope: Scope, input: ExecuteCommandInput) => Promise<ExecuteCommandGrant>

/**
 * ECS ExecuteCommand with a scope's credentials. `interactive` is always true,
 * the only mode that ECS supports.
 * @throws {PortholeError} EXEC_NOT_ENABLED, TARGET_NOT_CONNECTED, ACCESS_DENIED, NOT_FOUND, ... (aws/aws-errors.ts)
 */
export function createExecuteCommand(clients: Pick<AwsClients, 'call'>): ExecuteCommand {
  return async (scope, input) => {
    const what = { action: 'ecs:ExecuteCommand', resource: input.task }
    const { session } = await clients.call('ecs', scope, what, (ecs) =>
      ecs.executeCommand({ ...input, interactive: true }),
    )
    if (!session?.sessionId || !session.streamUrl || !session.tokenValue)
      throw new PortholeError({
        code: 'AWS_ERROR',
        message: 'Amazon ECS started no session.',
        action: 'Try again in a moment.',
        retryable: true,
      })
    const { sessionId, streamUrl, tokenValue } = session
    return { sessionId, streamUrl, tokenValue }
  }
}

/** SSM TerminateSession with a scope's credentials. @throws {PortholeError} */
export function createTerminateSession(
  clients: Pick<AwsClients, 'call'>,
): (scope: Scope, awsSessionId: string) => Promise<void> {
  return async (scope, awsSessionId) => {
    const what = { action: 'ssm:TerminateSession', resource: awsSessionId }
    await clients.call('ssm', scope, what, (ssm) => ssm.terminateSession({ SessionId: awsSessionId }))
  }
}

import { ECSClient, ExecuteCommandCommand } from '@aws-sdk/client-ecs'
import { SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm'
import type { ReadySandbox } from '../../src/cli/sandbox-process.ts'
import { DataChannelClient } from '../integration/message-gateway/data-channel-client.ts'

/** What AWS grants for one session. */
export interface SessionGrant {
  sessionId: string
  streamUrl: string
  tokenValue: string
}

/**
 * The least that gets a shell from AWS: one call and one socket, with nothing of
 * the product. What it takes is the gateway's own time.
 */
export class RawGateway implements Disposable {
  readonly #sample: ReadySandbox['sample']
  readonly #ecs: ECSClient
  readonly #ssm: SSMClient

  constructor({ endpoint, region, accessKeyId, secretAccessKey, sample }: ReadySandbox) {
    const common = { endpoint, region, credentials: { accessKeyId, secretAccessKey } }
    this.#sample = sample
    this.#ecs = new ECSClient(common)
    this.#ssm = new SSMClient(common)
  }

  async grant(): Promise<SessionGrant> {
    const { cluster, task, container } = this.#sample
    const answer = await this.#ecs.send(
      new ExecuteCommandCommand({ cluster, task, container, interactive: true, command: '/bin/sh' }),
    )
    const { sessionId = '', streamUrl = '', tokenValue = '' } = answer.session ?? {}
    return { sessionId, streamUrl, tokenValue }
  }

  /** A session whose first output has come. */
  async open(): Promise<RawSession> {
    const grant = await this.grant()
    const client = new DataChannelClient()
    await client.connect(grant)
    await client.until(() => client.outputLength > 0)
    return {
      client,
      [Symbol.asyncDispose]: async () => {
        client[Symbol.dispose]()
        await this.end(grant)
      },
    }
  }

  async end({ sessionId }: SessionGrant): Promise<void> {
    await this.#ssm.send(new TerminateSessionCommand({ SessionId: sessionId }))
  }

  [Symbol.dispose](): void {
    this.#ecs.destroy()
    this.#ssm.destroy()
  }
}

export interface RawSession extends AsyncDisposable {
  readonly client: DataChannelClient
}

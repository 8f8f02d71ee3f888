import diagnostics from 'node:diagnostics_channel'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Identity, SignInAttempt } from '../../../src/contract/identity.ts'
import { createConfigReader } from '../../../src/core/aws/config-reader.ts'
import { createAwsConnection } from '../../../src/core/aws/connection.ts'
import { createEndpoints } from '../../../src/core/aws/endpoints.ts'
import { awsPaths } from '../../../src/core/aws/paths.ts'
import { type Clock, systemClock } from '../../../src/core/clock.ts'
import { createSignInService, type SignInService } from '../../../src/core/sign-in/sign-in-service.ts'
import { tokenFileName } from '../../../src/core/sign-in/token-cache.ts'

export const region = 'eu-west-1'
export const startUrl = 'https://example-corp.awsapps.com/start'
export const corp = 'sso:corp'

/** A sign-in service with a home folder of its own, whose every endpoint is the given one. */
export class SignInFixture implements AsyncDisposable {
  readonly signIn: SignInService
  readonly home: string
  readonly attempts: SignInAttempt[] = []
  readonly identities: Identity[][] = []
  readonly log: string[] = []
  readonly connection: ReturnType<typeof createAwsConnection>

  private constructor(home: string, endpoint: string, clock: Clock) {
    this.home = home
    const environment = { AWS_ENDPOINT_URL: endpoint }
    const paths = awsPaths(environment, home)
    const configReader = createConfigReader(paths.configFile, clock)
    const endpoints = createEndpoints({ environment, config: configReader.config })
    this.connection = createAwsConnection({ endpoints, version: '0.0.0' })
    this.signIn = createSignInService({
      connection: this.connection,
      paths,
      configReader,
      clock,
      // The shortest waits that jitter can give.
      random: () => 0,
      log: (message) => this.log.push(message),
    })
    this.signIn.onAttemptChanged((attempt) => this.attempts.push(attempt))
    this.signIn.onIdentitiesChanged((identities) => this.identities.push(identities))
  }

  static async start(endpoint: string, clock: Clock = systemClock): Promise<SignInFixture> {
    return new SignInFixture(await mkdtemp(join(tmpdir(), 'porthole-sign-in-')), endpoint, clock)
  }

  get tokenFile(): string {
    return join(this.home, '.aws', 'sso', 'cache', tokenFileName('corp'))
  }

  async configure(text = `[sso-session corp]\nsso_start_url = ${startUrl}\nsso_region = ${region}\n`) {
    await mkdir(join(this.home, '.aws', 'sso', 'cache'), { recursive: true })
    await writeFile(join(this.home, '.aws', 'config'), text)
  }

  async writeToken(content: unknown): Promise<void> {
    await writeFile(this.tokenFile, typeof content === 'string' ? content : JSON.stringify(content))
  }

  /** The identity "corp" as it is now. */
  async corp(): Promise<Identity> {
    const identity = (await this.signIn.identities()).find(({ id }) => id === corp)
    if (!identity) throw new Error('There is no identity "corp".')
    return identity
  }

  /** How an attempt ended, or will. */
  ended(attemptId: string): Promise<SignInAttempt> {
    const known = this.attempts.find((attempt) => attempt.attemptId === attemptId)
    if (known) return Promise.resolve(known)
    return new Promise((resolve) => {
      const listening = this.signIn.onAttemptChanged((attempt) => {
        if (attempt.attemptId !== attemptId) return
        listening[Symbol.dispose]()
        resolve(attempt)
      })
    })
  }

  /** The next list of identities that the service tells. */
  nextIdentities(): Promise<Identity[]> {
    return new Promise((resolve) => {
      const listening = this.signIn.onIdentitiesChanged((identities) => {
        listening[Symbol.dispose]()
        resolve(identities)
      })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.signIn[Symbol.asyncDispose]()
    this.connection[Symbol.dispose]()
    await rm(this.home, { recursive: true, force: true })
  }
}

/** Notes the address of every TCP connection that this process makes while it is in use. */
export function watchConnections(): { addresses: Set<string> } & Disposable {
  const addresses = new Set<string>()
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    socket.once('connectionAttempt', (address: string) => addresses.add(address))
  }
  diagnostics.subscribe('net.client.socket', onSocket)
  return {
    addresses,
    [Symbol.dispose]: () => void diagnostics.unsubscribe('net.client.socket', onSocket),
  }
}

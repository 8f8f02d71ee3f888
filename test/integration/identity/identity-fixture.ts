import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Identity, IdentityList, SignInAttempt } from '../../../src/contract/identity.ts'
import { createConfigReader } from '../../../src/core/aws/config-reader.ts'
import { createAwsConnection } from '../../../src/core/aws/connection.ts'
import { createEndpoints } from '../../../src/core/aws/endpoints.ts'
import { type AwsPaths, awsPaths, type EnvironmentVariables } from '../../../src/core/aws/paths.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { createIdentityService, type IdentityService } from '../../../src/core/identity/identity-service.ts'
import { tokenFileName } from '../../../src/core/sign-in/token-cache.ts'
import { decide } from '../sandbox-services/sandbox-fixture.ts'

export const region = 'eu-west-1'
export const startUrl = 'https://example-corp.awsapps.com/start'
export const corpSection = `[sso-session corp]\nsso_start_url = ${startUrl}\nsso_region = ${region}\n`

export interface FixtureOptions {
  /** Someone else's home folder, to share it; it is not deleted. */
  home?: string
  environment?: EnvironmentVariables
}

/** All identities of one home folder, whose every endpoint is the given one. */
export class IdentityFixture implements AsyncDisposable {
  readonly home: string
  readonly paths: AwsPaths
  readonly environment: EnvironmentVariables
  readonly service: IdentityService
  readonly attempts: SignInAttempt[] = []
  readonly lists: IdentityList[] = []
  readonly log: string[] = []
  readonly #resources = new AsyncDisposableStack()
  readonly #attemptNews = new Set<() => void>()
  readonly #listNews = new Set<() => void>()
  inUse: readonly string[] = []

  private constructor(home: string, endpoint: string, options: FixtureOptions) {
    this.home = home
    if (options.home === undefined) this.#resources.defer(() => rm(home, { recursive: true, force: true }))
    this.environment = {
      PATH: process.env.PATH,
      HOME: home,
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...options.environment,
    }
    this.paths = awsPaths(this.environment, home)
    const configReader = createConfigReader(this.paths.configFile, systemClock)
    const endpoints = createEndpoints({ environment: this.environment, config: configReader.config })
    const connection = this.#resources.use(createAwsConnection({ endpoints, version: '0.0.0' }))
    this.service = this.#resources.use(
      createIdentityService({
        connection,
        paths: this.paths,
        configReader,
        environment: this.environment,
        profilesInUse: {
          get: () => this.inUse,
          set: async (ids) => {
            this.inUse = ids
          },
        },
        clock: systemClock,
        random: () => 0,
        log: (message) => this.log.push(message),
      }),
    )
    this.service.onAttemptChanged((attempt) => {
      this.attempts.push(attempt)
      for (const news of this.#attemptNews) news()
    })
    this.service.onChanged((list) => {
      this.lists.push(list)
      for (const news of this.#listNews) news()
    })
  }

  static async start(endpoint: string, options: FixtureOptions = {}): Promise<IdentityFixture> {
    const home = options.home ?? (await mkdtemp(join(tmpdir(), 'porthole-identity-')))
    return new IdentityFixture(home, endpoint, options)
  }

  get tokenFile(): string {
    return this.tokenFileOf('corp')
  }

  tokenFileOf(key: string): string {
    return join(this.paths.ssoCacheFolder, tokenFileName(key))
  }

  configure = (text: string) => this.write(this.paths.configFile, text)

  async write(file: string, content: unknown): Promise<void> {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  }

  async identity(id: string): Promise<Identity> {
    const { identities } = await this.service.list()
    const found = identities.find((identity) => identity.id === id)
    if (!found)
      throw new Error(`There is no identity ${id} in ${identities.map((each) => each.id).join(', ')}`)
    return found
  }

  /** Resolves when the service tells of an attempt in this state; those told before count. */
  attempt(attemptId: string, is: (attempt: SignInAttempt) => boolean): Promise<SignInAttempt> {
    return when(this.#attemptNews, () =>
      this.attempts.findLast((attempt) => attempt.attemptId === attemptId && is(attempt)),
    )
  }

  ended(attemptId: string): Promise<SignInAttempt> {
    return this.attempt(attemptId, ({ state }) => state !== 'waiting')
  }

  /** Resolves when the service tells, from now on, that an identity is like this. */
  told(id: string, state: Identity['state']): Promise<Identity> {
    const from = this.lists.length
    return when(this.#listNews, () =>
      this.lists
        .slice(from)
        .flatMap(({ identities }) => identities)
        .find((identity) => identity.id === id && identity.state === state),
    )
  }

  async signIn(identityId = 'sso:corp', user = 'ana'): Promise<void> {
    const attempt = await this.service.start({ flow: 'pkce', target: { identityId } })
    await decideInBrowser(attempt.url ?? '', 'allow', user)
    const { state, error } = await this.ended(attempt.attemptId)
    if (state !== 'signed-in') throw new Error(`The sign-in failed: ${JSON.stringify(error)}`)
  }

  /** Chooses a profile, and waits for how that ended. */
  async use(identityId: string): Promise<SignInAttempt> {
    const attempt = await this.service.start({ flow: 'profile', target: { identityId } })
    return this.ended(attempt.attemptId)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync()
  }
}

/** Does what a browser does after the button: goes where it is sent, and shows the page. */
export async function decideInBrowser(
  url: string,
  decision: 'allow' | 'deny',
  user = 'ana',
): Promise<Response> {
  const answer = await decide(url, decision, user)
  return fetch(answer.headers.get('location') ?? '')
}

function when<Found>(news: Set<() => void>, find: () => Found | undefined): Promise<Found> {
  return new Promise((resolve) => {
    const look = () => {
      const found = find()
      if (found === undefined) return
      news.delete(look)
      resolve(found)
    }
    news.add(look)
    look()
  })
}

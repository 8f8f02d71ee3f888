import type { Clock } from './clock.ts'
import type { ApiInput } from './http/api-input.ts'
import { AwsError } from './http/aws-error.ts'
import { SignInFaults } from './sign-in/sign-in-faults.ts'

interface ThrottleFault {
  /** Operation name such as `ListTasks`, or undefined for every operation. */
  operation: string | undefined
  remaining: number
}

interface DelayFault {
  operation: string | undefined
  milliseconds: number
  remaining: number
}

interface RefusalFault {
  operation: string | undefined
  code: string
  message: string
  status: number
  remaining: number
}

/** What `POST /_sandbox/faults` switches on. Tests use it; nothing else does. */
export class Faults {
  /** Every temporary key and access token counts as expired. */
  expireTokens = false
  /** A refresh answers without a new refresh token, as Identity Center may. */
  omitRefreshToken = false
  /** GetLogEvents gives an empty page before each full one, as CloudWatch Logs may. */
  logGaps = false
  /** CloudTrail delivers events so many milliseconds after they happened; AWS takes minutes. */
  trailDelay = 0
  readonly signIn = new SignInFaults()
  #throttles: ThrottleFault[] = []
  #delays: DelayFault[] = []
  #refusals: RefusalFault[] = []
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * `{throttle?: {operation?, count}, delay?: {operation?, milliseconds, count},
   * refuse?: {operation?, code, message?, status?, count},
   * expireTokens?: boolean, omitRefreshToken?: boolean, logGaps?: boolean, trailDelay?: number, signIn?: see SignInFaults, clear?: boolean}`.
   * @throws {AwsError} SerializationException for members of the wrong type
   */
  apply(input: ApiInput): void {
    if (input.boolean('clear')) this.#clear()
    const throttle = input.object('throttle')
    const delay = input.object('delay')
    const refuse = input.object('refuse')
    const signIn = input.object('signIn')
    if (throttle) {
      this.#throttles.push({
        operation: throttle.string('operation'),
        remaining: throttle.integer('count') ?? 1,
      })
    }
    if (delay) {
      this.#delays.push({
        operation: delay.string('operation'),
        milliseconds: delay.integer('milliseconds') ?? 0,
        remaining: delay.integer('count') ?? 1,
      })
    }
    if (refuse) {
      this.#refusals.push({
        operation: refuse.string('operation'),
        code: refuse.string('code') ?? 'InternalServerError',
        message: refuse.string('message') ?? 'The sandbox was told to refuse this.',
        status: refuse.integer('status') ?? 400,
        remaining: refuse.integer('count') ?? 1,
      })
    }
    if (signIn) this.signIn.apply(signIn)
    this.expireTokens = input.boolean('expireTokens') ?? this.expireTokens
    this.omitRefreshToken = input.boolean('omitRefreshToken') ?? this.omitRefreshToken
    this.logGaps = input.boolean('logGaps') ?? this.logGaps
    this.trailDelay = input.integer('trailDelay') ?? this.trailDelay
  }

  /** Holds the call back when a delay is on. */
  async delay(operation: string): Promise<void> {
    const fault = this.#take(this.#delays, operation)
    if (!fault) return
    await new Promise<void>((resolve) => this.#clock.after(fault.milliseconds, resolve))
  }

  /** @throws {AwsError} ThrottlingException while a throttle is on, or what a refusal says */
  throttle(operation: string): void {
    const refusal = this.#take(this.#refusals, operation)
    if (refusal) throw new AwsError(refusal.code, refusal.message, refusal.status)
    if (this.#take(this.#throttles, operation)) {
      throw new AwsError('ThrottlingException', 'Rate exceeded')
    }
  }

  #take<Fault extends { operation: string | undefined; remaining: number }>(
    faults: Fault[],
    operation: string,
  ): Fault | undefined {
    const fault = faults.find(
      (each) => each.remaining > 0 && (each.operation === undefined || each.operation === operation),
    )
    if (fault) fault.remaining -= 1
    return fault
  }

  #clear(): void {
    this.#throttles = []
    this.#delays = []
    this.#refusals = []
    this.expireTokens = false
    this.omitRefreshToken = false
    this.logGaps = false
    this.trailDelay = 0
    this.signIn.clear()
  }
}

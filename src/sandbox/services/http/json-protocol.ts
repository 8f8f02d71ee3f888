import type { Clock } from '../clock.ts'
import type { Trail } from '../cloudtrail/trail.ts'
import type { Faults } from '../faults.ts'
import { authorize } from '../identity/authorization.ts'
import type { VerifiedCaller } from '../signing/verify-signature.ts'
import { ApiInput, type JsonObject } from './api-input.ts'
import type { ApiCall, ApiOperation, ApiService } from './api-service.ts'
import { AwsError } from './aws-error.ts'
import type { Exchange } from './exchange.ts'

const contentType = 'application/x-amz-json-1.1'

/**
 * AWS JSON 1.1: the target header names service and operation, errors carry
 * `__type`. Order of checks as at AWS: signature, throttle, input, permission.
 */
export class JsonProtocol {
  readonly #services: ReadonlyMap<string, ApiService>
  readonly #verify: (exchange: Exchange, signingName: string) => VerifiedCaller
  readonly #faults: Faults
  readonly #trail: Trail
  readonly #clock: Clock

  constructor(parts: {
    services: readonly ApiService[]
    verify: (exchange: Exchange, signingName: string) => VerifiedCaller
    faults: Faults
    trail: Trail
    clock: Clock
  }) {
    this.#services = new Map(parts.services.map((service) => [service.target, service]))
    this.#verify = parts.verify
    this.#faults = parts.faults
    this.#trail = parts.trail
    this.#clock = parts.clock
  }

  async answer(exchange: Exchange): Promise<void> {
    try {
      const body = await this.#call(exchange)
      exchange.respond({
        status: 200,
        contentType,
        headers: { 'x-amzn-requestid': exchange.requestId },
        body: JSON.stringify(body),
      })
    } catch (thrown) {
      respondJsonError(exchange, thrown)
    }
  }

  async #call(exchange: Exchange): Promise<JsonObject> {
    const { service, operation, name } = this.#find(String(exchange.headers['x-amz-target']))
    await this.#faults.delay(name)
    const { key, region } = this.#verify(exchange, service.signingName)
    this.#faults.throttle(name)
    const call: ApiCall = {
      operation: name,
      input: ApiInput.parse(exchange.body.toString('utf8')),
      key,
      caller: key.principal,
      region,
      requestId: exchange.requestId,
      sourceIp: exchange.sourceIp,
      userAgent: exchange.userAgent,
    }
    return this.#run(service, operation, call)
  }

  async #run(service: ApiService, operation: ApiOperation, call: ApiCall): Promise<JsonObject> {
    try {
      authorize(call.caller, `${service.actionPrefix}:${call.operation}`, operation.resource?.(call) ?? '*', {
        'aws:RequestedRegion': call.region,
        ...operation.context?.(call),
      })
      const answer = await operation.handle(call)
      if (operation.recorded) {
        const responseElements = operation.recorded.responseElements(answer)
        this.#trail.record(call, service, this.#clock.now(), { responseElements })
      }
      return answer
    } catch (thrown) {
      if (operation.recorded && thrown instanceof AwsError) {
        this.#trail.record(call, service, this.#clock.now(), { error: thrown })
      }
      throw thrown
    }
  }

  /** The part before the last dot may be longer than the service's own name, as CloudTrail's is. */
  #find(target: string): { service: ApiService; operation: ApiOperation; name: string } {
    const [name = '', serviceName = ''] = target.split('.').reverse()
    const service = this.#services.get(serviceName)
    const operation =
      service && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined
    if (!service || !operation) {
      throw new AwsError('UnknownOperationException', `The sandbox has no operation ${target}.`)
    }
    return { service, operation, name }
  }
}

function respondJsonError(exchange: Exchange, thrown: unknown): void {
  const error = toAwsError(thrown)
  exchange.respond({
    status: error.status,
    contentType,
    headers: { 'x-amzn-requestid': exchange.requestId },
    body: JSON.stringify({ __type: error.code, message: error.message, ...error.members }),
  })
}

/** A bug of the sandbox becomes the 500 that AWS would answer with. */
export function toAwsError(thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return new AwsError('InternalFailure', text, 500)
}

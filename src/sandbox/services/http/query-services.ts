import type { Faults } from '../faults.ts'
import type { Principal } from '../identity/access-keys.ts'
import { authorize } from '../identity/authorization.ts'
import type { VerifiedCaller } from '../signing/verify-signature.ts'
import { AwsError } from './aws-error.ts'
import type { Exchange } from './exchange.ts'
import { toAwsError } from './json-protocol.ts'
import { QueryInput } from './query-input.ts'
import {
  type Envelope,
  queryParameters,
  respondXml,
  respondXmlError,
  type XmlMembers,
} from './query-protocol.ts'

export interface QueryCall {
  input: QueryInput
  caller: Principal
  region: string
}

export interface QueryOperation {
  /** @throws {AwsError} */
  handle(call: QueryCall): XmlMembers
  /** ARN that the caller needs the action on; `*` when absent. */
  resource?(call: QueryCall): string
}

/** One service of the query protocol. */
export interface QueryService {
  /** Of its API, which no two services share: how a call is told from another's. */
  version: string
  /** In the credential scope and before the colon of IAM actions. */
  name: string
  envelope: Envelope
  operations: Readonly<Record<string, QueryOperation>>
}

/** The services that name their operation in a form: all but STS, which also serves callers without a key. */
export class QueryServices {
  readonly #services: readonly QueryService[]
  readonly #verify: (exchange: Exchange, signingName: string) => VerifiedCaller
  readonly #faults: Faults

  constructor(parts: {
    services: readonly QueryService[]
    verify: (exchange: Exchange, signingName: string) => VerifiedCaller
    faults: Faults
  }) {
    this.#services = parts.services
    this.#verify = parts.verify
    this.#faults = parts.faults
  }

  /** Answers when the call is for one of its services. */
  async answer(exchange: Exchange): Promise<boolean> {
    const parameters = queryParameters(exchange)
    const service = this.#services.find(({ version }) => version === parameters.get('Version'))
    if (service === undefined) return false
    try {
      const action = parameters.get('Action') ?? ''
      await this.#faults.delay(action)
      const result = this.#perform(service, action, parameters, exchange)
      respondXml(exchange, service.envelope, action, result)
    } catch (thrown) {
      respondXmlError(exchange, service.envelope, toAwsError(thrown))
    }
    return true
  }

  #perform(
    service: QueryService,
    action: string,
    parameters: URLSearchParams,
    exchange: Exchange,
  ): XmlMembers {
    const operation = Object.hasOwn(service.operations, action) ? service.operations[action] : undefined
    if (operation === undefined) {
      throw new AwsError('InvalidAction', `The action ${action} is not valid for this web service.`)
    }
    const { key, region } = this.#verify(exchange, service.name)
    this.#faults.throttle(action)
    const call: QueryCall = { input: new QueryInput(parameters), caller: key.principal, region }
    authorize(call.caller, `${service.name}:${action}`, operation.resource?.(call) ?? '*')
    return operation.handle(call)
  }
}

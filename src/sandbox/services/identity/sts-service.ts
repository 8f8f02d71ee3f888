import type { Faults } from '../faults.ts'
import { AwsError } from '../http/aws-error.ts'
import type { Exchange } from '../http/exchange.ts'
import { toAwsError } from '../http/json-protocol.ts'
import { queryParameters, respondXml, respondXmlError } from '../http/query-protocol.ts'
import type { VerifiedCaller } from '../signing/verify-signature.ts'

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/'

/** STS, of which every client needs GetCallerIdentity. It needs no permission. */
export class StsService {
  readonly #verify: (exchange: Exchange, signingName: string) => VerifiedCaller
  readonly #faults: Faults

  constructor(verify: (exchange: Exchange, signingName: string) => VerifiedCaller, faults: Faults) {
    this.#verify = verify
    this.#faults = faults
  }

  async answer(exchange: Exchange): Promise<void> {
    try {
      const action = queryParameters(exchange).get('Action') ?? ''
      await this.#faults.delay(action)
      if (action !== 'GetCallerIdentity') {
        throw new AwsError('InvalidAction', `Could not find operation ${action} for version 2011-06-15`)
      }
      const { key } = this.#verify(exchange, 'sts')
      this.#faults.throttle(action)
      const { arn, userId, accountId } = key.principal
      respondXml(exchange, action, namespace, { Arn: arn, UserId: userId, Account: accountId })
    } catch (thrown) {
      respondXmlError(exchange, namespace, toAwsError(thrown))
    }
  }
}

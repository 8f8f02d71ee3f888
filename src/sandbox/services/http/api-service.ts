import type { AccessKey, Principal } from '../identity/access-keys.ts'
import type { ApiInput, JsonObject } from './api-input.ts'

/** A signed call whose caller is known. */
export interface ApiCall {
  operation: string
  input: ApiInput
  key: AccessKey
  caller: Principal
  /** From the credential scope: one endpoint serves every region. */
  region: string
  requestId: string
  sourceIp: string
  userAgent: string
}

export interface ApiOperation {
  /** @throws {AwsError} */
  handle(call: ApiCall): JsonObject | Promise<JsonObject>
  /** ARN that the caller needs the action on; `*` when absent. */
  resource?(call: ApiCall): string
  /** Condition keys that policies may ask for, beside `aws:RequestedRegion`. */
  context?(call: ApiCall): Readonly<Record<string, string>>
  /** Leaves an event in CloudTrail, also when it is refused. */
  recorded?: RecordedOperation
}

export interface RecordedOperation {
  /** What of the answer CloudTrail keeps. Secrets are taken out here. */
  responseElements(answer: JsonObject): JsonObject
}

/** One AWS service of the JSON 1.1 protocol. */
export interface ApiService {
  /** Last part of the target before the operation, e.g. `AmazonEC2ContainerServiceV20141113`. */
  target: string
  /** In the credential scope, e.g. `ecs`. */
  signingName: string
  /** Before the colon of IAM actions, e.g. `ecs`. */
  actionPrefix: string
  operations: Readonly<Record<string, ApiOperation>>
}

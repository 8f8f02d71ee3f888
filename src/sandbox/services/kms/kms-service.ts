import { randomBytes } from 'node:crypto'
import type { JsonObject } from '../http/api-input.ts'
import type { ApiCall, ApiService } from '../http/api-service.ts'
import { AwsError } from '../http/aws-error.ts'
import type { KeyStore } from './key-store.ts'

/** KMS hands out data keys of up to 1024 bytes. */
const longestDataKey = 1024
const keySpecs: Readonly<Record<string, number>> = { AES_256: 32, AES_128: 16 }

/** What a client needs to encrypt a session, and to see why it cannot. */
export function createKmsService(keys: KeyStore): ApiService {
  return {
    target: 'TrentService',
    signingName: 'kms',
    actionPrefix: 'kms',
    operations: {
      GenerateDataKey: {
        handle: (call) => generateDataKey(keys, call),
        resource: (call) => keyArn(call),
      },
      DescribeKey: {
        handle: (call) => describeKey(keys, call),
        resource: (call) => keyArn(call),
      },
    },
  }
}

function generateDataKey(keys: KeyStore, call: ApiCall): JsonObject {
  const { input } = call
  const arn = requireKey(keys, call)
  if (keys.stateOf(arn) === 'Disabled') throw new AwsError('DisabledException', `${arn} is disabled.`)
  if (keys.stateOf(arn) === 'PendingDeletion') {
    throw new AwsError('KMSInvalidStateException', `${arn} is pending deletion.`)
  }
  const context = input.stringMap('EncryptionContext')
  // Seen as "Invalid EncryptionContext" when a client starts the plugin without a target (sshm issue 2).
  if (Object.values(context).some((value) => value === '')) {
    throw new AwsError('ValidationException', 'Invalid EncryptionContext')
  }
  const plainText = randomBytes(dataKeyLength(call))
  return {
    KeyId: arn,
    Plaintext: plainText.toString('base64'),
    CiphertextBlob: keys.encrypt(arn, plainText, context).toString('base64'),
  }
}

function describeKey(keys: KeyStore, call: ApiCall): JsonObject {
  const arn = requireKey(keys, call)
  const state = keys.stateOf(arn)
  return {
    KeyMetadata: {
      AWSAccountId: arn.split(':')[4],
      KeyId: arn.slice(arn.lastIndexOf('/') + 1),
      Arn: arn,
      Enabled: state === 'Enabled',
      KeyState: state,
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyManager: 'CUSTOMER',
      Origin: 'AWS_KMS',
      MultiRegion: false,
    },
  }
}

/** @throws {AwsError} NotFoundException */
function requireKey(keys: KeyStore, call: ApiCall): string {
  const wanted = keyArn(call)
  const arn = keys.resolve(wanted)
  if (arn !== undefined) return arn
  const what = wanted.includes(':alias/') ? 'Alias' : 'Key'
  throw new AwsError('NotFoundException', `${what} '${wanted}' does not exist`)
}

/** Exactly one of the two ways to say how long the key is. */
function dataKeyLength(call: ApiCall): number {
  const bytes = call.input.integer('NumberOfBytes')
  const spec = call.input.string('KeySpec')
  const length = bytes ?? keySpecs[spec ?? '']
  const isOneOnly = (bytes === undefined) !== (spec === undefined)
  if (!isOneOnly || length === undefined || length < 1 || length > longestDataKey) {
    throw new AwsError('ValidationException', 'Please specify either number of bytes or key spec.')
  }
  return length
}

/** A key id, alias or ARN, as an ARN in the caller's account. */
function keyArn(call: ApiCall): string {
  const given = call.input.string('KeyId') ?? ''
  if (given.startsWith('arn:')) return given
  const resource = given.startsWith('alias/') ? given : `key/${given}`
  return `arn:aws:kms:${call.region}:${call.caller.accountId}:${resource}`
}

import { randomBytes } from 'node:crypto'
import type { JsonObject } from '../http/api-input.ts'
import type { ApiCall, ApiService } from '../http/api-service.ts'
import { AwsError } from '../http/aws-error.ts'
import type { KeyStore } from './key-store.ts'

/** KMS hands out data keys of up to 1024 bytes. */
const longestDataKey = 1024
const keySpecs: Readonly<Record<string, number>> = { AES_256: 32, AES_128: 16 }

/** KMS GenerateDataKey, which a client needs to encrypt a session. */
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
    },
  }
}

function generateDataKey(keys: KeyStore, call: ApiCall): JsonObject {
  const { input } = call
  const wanted = keyArn(call)
  const arn = keys.resolve(wanted)
  if (arn === undefined) {
    const what = wanted.includes(':alias/') ? 'Alias' : 'Key'
    throw new AwsError('NotFoundException', `${what} '${wanted}' does not exist`)
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

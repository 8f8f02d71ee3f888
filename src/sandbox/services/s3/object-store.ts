import { createHash } from 'node:crypto'
import type { BucketDescription } from '../../world/world-types.ts'

export interface StoredObject {
  key: string
  body: Uint8Array
  /** Epoch milliseconds. */
  modifiedAt: number
  /** Without the quotation marks that it travels in. */
  etag: string
  contentType: string
}

export interface Bucket {
  name: string
  accountId: string
  region: string
  /** `none` as in buckets from before S3 encrypted everything by itself. */
  encryption: NonNullable<BucketDescription['encryption']>
  /** Of `aws:kms`. */
  keyArn: string | undefined
  objects: Map<string, StoredObject>
}

/** Buckets of all accounts: their names are one space, whoever owns them. */
export class ObjectStore {
  readonly #buckets = new Map<string, Bucket>()

  addBucket(bucket: Omit<Bucket, 'objects'>): void {
    this.#buckets.set(bucket.name, { ...bucket, objects: new Map() })
  }

  bucket(name: string): Bucket | undefined {
    return this.#buckets.get(name)
  }

  /** By name. */
  ownedBy(accountId: string): Bucket[] {
    return [...this.#buckets.values()]
      .filter((bucket) => bucket.accountId === accountId)
      .sort((left, right) => (left.name < right.name ? -1 : 1))
  }

  put(bucket: Bucket, key: string, body: Uint8Array, at: number, contentType: string): void {
    const etag = createHash('md5').update(body).digest('hex')
    bucket.objects.set(key, { key, body, modifiedAt: at, etag, contentType })
  }
}

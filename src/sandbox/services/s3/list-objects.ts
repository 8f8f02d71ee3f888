import { AwsError } from '../http/aws-error.ts'
import { pageOf, sortByKey } from '../http/paging.ts'
import { membersXml } from '../http/query-protocol.ts'
import type { Bucket, StoredObject } from './object-store.ts'

/** S3 gives no more at once, whatever it is asked for. */
const mostKeys = 1000

type Listed = { name: string; object?: StoredObject }

/**
 * ListObjectsV2, as XML without its root:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listObjects(bucket: Bucket, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const startAfter = query.get('start-after') ?? ''
  const isEncoded = query.get('encoding-type') === 'url'
  const size = sizeOf(query.get('max-keys'))
  const listed = listedOf(bucket, prefix, delimiter).filter(({ name }) => name > startAfter)
  const page =
    size === 0
      ? { items: [] }
      : pageOf(listed, ({ name }) => name, {
          size,
          token: query.get('continuation-token') ?? undefined,
          limits: { default: mostKeys, maximum: mostKeys },
          purpose: JSON.stringify([bucket.name, prefix, delimiter]),
          invalidToken: () => new AwsError('InvalidArgument', 'The continuation token provided is incorrect'),
          invalidSize: () => new AwsError('InvalidArgument', 'max-keys is out of bounds'),
        })
  const text = (name: string) => (isEncoded ? encodeURIComponent(name).replaceAll('%2F', '/') : name)
  const objects = page.items.flatMap(({ object }) => (object ? [object] : []))
  const prefixes = page.items.flatMap(({ name, object }) => (object ? [] : [name]))
  return [
    membersXml({
      Name: bucket.name,
      Prefix: text(prefix),
      ...(delimiter !== '' && { Delimiter: text(delimiter) }),
      MaxKeys: size,
      KeyCount: page.items.length,
      IsTruncated: page.nextToken !== undefined,
      NextContinuationToken: page.nextToken,
      ...(isEncoded && { EncodingType: 'url' }),
    }),
    ...objects.map(({ key, modifiedAt, etag, body }) => {
      const members = {
        Key: text(key),
        LastModified: new Date(modifiedAt).toISOString(),
        ETag: `"${etag}"`,
        Size: body.byteLength,
        StorageClass: 'STANDARD',
      }
      return `<Contents>${membersXml(members)}</Contents>`
    }),
    ...prefixes.map((each) => `<CommonPrefixes>${membersXml({ Prefix: text(each) })}</CommonPrefixes>`),
  ].join('')
}

/** Keys below the prefix, those behind one more delimiter as one. */
function listedOf(bucket: Bucket, prefix: string, delimiter: string): Listed[] {
  const found = new Map<string, Listed>()
  for (const object of bucket.objects.values()) {
    if (!object.key.startsWith(prefix)) continue
    const end = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length)
    const name = end === -1 ? object.key : object.key.slice(0, end + delimiter.length)
    found.set(name, end === -1 ? { name, object } : { name })
  }
  return sortByKey(found.values(), ({ name }) => name)
}

function sizeOf(text: string | null): number {
  if (text === null) return mostKeys
  const size = Number(text)
  if (!Number.isInteger(size) || size < 0)
    throw new AwsError('InvalidArgument', 'Provided max-keys not an integer or within integer range')
  return Math.min(size, mostKeys)
}

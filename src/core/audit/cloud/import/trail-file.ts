import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { CloudEvent } from '../../../../contract/cloud-audit.ts'
import { PortholeError } from '../../../../contract/errors.ts'
import { eventOfRecord, eventOfText } from '../trail-record.ts'
import { RecordScanError, scanRecords } from './record-scanner.ts'

/** Files that CloudTrail delivers are packed and some megabytes long. */
export const longestFileBytes = 32 * 1024 * 1024
/** Unpacked: CloudTrail begins a new file at 50 MB. What unpacks to more is a bomb. */
const longestUnpackedBytes = 128 * 1024 * 1024

/**
 * CloudTrail tells of what has happened. What a file says of the future is forged,
 * or this computer's clock is wrong by more than anybody's should be.
 */
const clockToleranceMilliseconds = 24 * 3600_000

/** Records between two pauses: terminal bytes may be moved on the same thread. */
const recordsAtATime = 200

/** What was in a file. */
export interface TrailFile {
  name: string
  /** Of the file as it was given, in hex. */
  sha256: string
  records: number
  /** Shells in containers, and attempts at them. */
  events: CloudEvent[]
}

const unpack = promisify(gunzip)

/**
 * Reads a file of CloudTrail as it lies in S3, `.json` or `.json.gz`, or what
 * LookupEvents answered. All of it or nothing.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 *
 * @param name to call the file by in errors
 * @param now epoch milliseconds
 * @throws {PortholeError} FILE_REFUSED with name and place of what is wrong
 */
export async function readTrailFile(name: string, bytes: Uint8Array, now: number): Promise<TrailFile> {
  if (bytes.byteLength > longestFileBytes)
    throw refused(name, `It is larger than ${longestFileBytes / 1024 / 1024} MB.`)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const text = isPacked(bytes) ? await unpacked(name, bytes) : bytes
  const events: CloudEvent[] = []
  let records = 0
  try {
    for (const { position, record } of scanRecords(text)) {
      records += 1
      if (!isRecord(record)) throw new RecordScanError(`Entry ${records} is no event of CloudTrail`, position)
      const event = eventOf(record)
      if (event !== undefined && event.at > now + clockToleranceMilliseconds)
        throw new RecordScanError(`Entry ${records} is from the future`, position)
      // Without an account nobody could say whose task it was.
      if (event !== undefined && event.accountId !== '') events.push(event)
      if (records % recordsAtATime === 0) await setImmediate()
    }
  } catch (thrown) {
    if (!(thrown instanceof RecordScanError)) throw thrown
    throw refused(name, `${thrown.message}, at byte ${thrown.position}.`)
  }
  return { name, sha256, records, events }
}

/** By what gzip begins with: a name says nothing. */
function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

async function unpacked(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await unpack(bytes, { maxOutputLength: longestUnpackedBytes })
  } catch (thrown) {
    const isTooLarge = thrown instanceof RangeError
    throw refused(
      name,
      isTooLarge
        ? `It unpacks to more than ${longestUnpackedBytes / 1024 / 1024} MB.`
        : 'It is packed, and cannot be unpacked to its end.',
    )
  }
}

function isRecord(record: unknown): record is Record<string, unknown> {
  if (typeof record !== 'object' || record === null) return false
  return 'CloudTrailEvent' in record || ('eventID' in record && 'eventName' in record)
}

/** LookupEvents has the record as text in each entry. */
function eventOf(record: Record<string, unknown>): CloudEvent | undefined {
  const { CloudTrailEvent } = record
  return typeof CloudTrailEvent === 'string' ? eventOfText(CloudTrailEvent) : eventOfRecord(record)
}

function refused(name: string, message: string): PortholeError {
  return new PortholeError({
    code: 'FILE_REFUSED',
    message: `${name} was not imported. ${message}`,
    action: 'Import a file as CloudTrail delivers it to S3, or the output of aws cloudtrail lookup-events.',
  })
}

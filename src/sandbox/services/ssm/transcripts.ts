import { awslogsGroup } from '../ecs/container-logs.ts'
import type { LiveContainer, LiveTask } from '../ecs/ecs-state.ts'
import { isAllowed } from '../identity/policy.ts'
import type { LogStore } from '../logs/log-store.ts'
import type { ObjectStore } from '../s3/object-store.ts'

/** The agent cuts a transcript into events of this size before it uploads them. */
const longestEventBytes = 200_000
/** A flood in a shell would otherwise fill the sandbox's memory; the agent has the container's disk. */
const longestTranscriptBytes = 8 * 1024 * 1024

/**
 * The transcripts that the exec agent leaves when a session is over, with all of
 * its output at the time of the upload: a stream of CloudWatch Logs named after
 * the session, an object in S3, or both.
 */
export class Transcripts {
  readonly #open = new Map<string, { chunks: Uint8Array[]; bytes: number }>()
  readonly #logs: LogStore
  readonly #objects: ObjectStore

  constructor(logs: LogStore, objects: ObjectStore) {
    this.#logs = logs
    this.#objects = objects
  }

  collect(sessionId: string, bytes: Uint8Array): void {
    const transcript = this.#open.get(sessionId) ?? { chunks: [], bytes: 0 }
    this.#open.set(sessionId, transcript)
    if (transcript.bytes >= longestTranscriptBytes) return
    transcript.chunks.push(Uint8Array.from(bytes))
    transcript.bytes += bytes.length
  }

  /** Writes what was collected, if the cluster says so, and forgets it. */
  finish(sessionId: string, task: LiveTask, container: LiveContainer, at: number): void {
    const transcript = this.#open.get(sessionId)
    this.#open.delete(sessionId)
    const text = Buffer.concat(transcript?.chunks ?? []).toString('utf8')
    this.write(sessionId, task, container, text, at)
  }

  write(sessionId: string, task: LiveTask, container: LiveContainer, text: string, at: number): void {
    const started = new Date(at)
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z/, '+00:00')
    const framed = `Script started on ${started}\n${text.replaceAll('\r\n', '\n')}\nScript done on ${started}\n`
    this.#toBucket(sessionId, task, framed, at)
    const group = transcriptGroup(task, container)
    if (group === undefined) return
    const stream = this.#logs.stream(task.cluster, group, sessionId, at)
    for (const event of cut(framed)) stream.append(at, event)
  }

  /** As the task's role: what that may not do, or a bucket that is not there, costs the transcript and nothing else. */
  #toBucket(sessionId: string, task: LiveTask, text: string, at: number): void {
    const { execution } = task.cluster
    if (execution?.logging !== 'OVERRIDE' || execution.bucket === undefined) return
    const bucket = this.#objects.bucket(execution.bucket)
    const key = [...(execution.keyPrefix ?? '').split('/'), `${sessionId}.log`].filter(Boolean).join('/')
    const arn = `arn:aws:s3:::${execution.bucket}`
    const policy = task.definition.description.role?.policy ?? []
    if (bucket === undefined || !isAllowed(policy, { action: 's3:PutObject', resource: `${arn}/${key}` }))
      return
    if (bucket.keyArn && !isAllowed(policy, { action: 'kms:GenerateDataKey', resource: bucket.keyArn }))
      return
    if (execution.requiresEncryptedBucket) {
      if (bucket.encryption === 'none') return
      if (!isAllowed(policy, { action: 's3:GetEncryptionConfiguration', resource: arn })) return
    }
    this.#objects.put(bucket, key, Buffer.from(text, 'utf8'), at, 'binary/octet-stream')
  }
}

/** The log group that AWS would put the transcript into; undefined when none. */
function transcriptGroup(task: LiveTask, container: LiveContainer): string | undefined {
  const execution = task.cluster.execution
  if (execution?.logging === 'NONE') return undefined
  if (execution?.logging === 'OVERRIDE') return execution.logGroup
  return awslogsGroup(container.description)
}

/** Pieces of at most the event size, cut between characters. */
function* cut(text: string): Generator<string> {
  let piece: string[] = []
  let bytes = 0
  for (const character of text) {
    const length = Buffer.byteLength(character)
    if (bytes + length > longestEventBytes) {
      yield piece.join('')
      piece = []
      bytes = 0
    }
    piece.push(character)
    bytes += length
  }
  if (piece.length > 0) yield piece.join('')
}

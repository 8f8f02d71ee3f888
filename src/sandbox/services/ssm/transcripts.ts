import { awslogsGroup } from '../ecs/container-logs.ts'
import type { LiveContainer, LiveTask } from '../ecs/ecs-state.ts'
import type { LogStore } from '../logs/log-store.ts'

/** The agent cuts a transcript into events of this size before it uploads them. */
const longestEventBytes = 200_000
/** A flood in a shell would otherwise fill the sandbox's memory; the agent has the container's disk. */
const longestTranscriptBytes = 8 * 1024 * 1024

/**
 * The transcripts that the exec agent leaves in CloudWatch Logs: a stream named
 * after the session, written when the session is over, with all of its output
 * at the time of the upload.
 */
export class Transcripts {
  readonly #open = new Map<string, { chunks: Uint8Array[]; bytes: number }>()
  readonly #logs: LogStore

  constructor(logs: LogStore) {
    this.#logs = logs
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
    const group = transcriptGroup(task, container)
    if (group === undefined) return
    const stream = this.#logs.stream(task.cluster, group, sessionId, at)
    const started = new Date(at)
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z/, '+00:00')
    const framed = `Script started on ${started}\n${text.replaceAll('\r\n', '\n')}\nScript done on ${started}\n`
    for (const event of cut(framed)) stream.append(at, event)
  }
}

/** Where AWS would put the transcript; undefined when nowhere. */
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

import { type ByteFrame, decodeByteFrame, encodeByteFrame } from '../../channel/byte-frames.ts'
import type { Channel } from '../../channel/channel.ts'
import { terminalSizeSchema } from '../../contract/session.ts'
import type { SessionStream, Viewer } from './session-stream.ts'

/** What a window's frames are about: a stream, and who wants to know that somebody typed. */
export interface ServedStream {
  readonly stream: SessionStream
  /** Called when bytes were typed that will reach the shell, after they went. They are not to be kept. */
  typed(bytes: Uint8Array): void
  /** Called before a new size takes effect. */
  resized(size: { cols: number; rows: number }): void
}

/** Problems of one channel that are logged one by one; a broken page must not fill the log. */
const loggedProblems = 10

/**
 * Serves one window's byte channel. Frames that are broken, or that only the
 * core may send, are logged and dropped: a page can harm only itself. Text
 * messages are left to the RPC that may share the channel.
 */
export function serveByteChannel(options: {
  channel: Channel
  find: (stream: number) => ServedStream | undefined
  log: (problem: string) => void
}): Disposable {
  const { channel, find } = options
  const viewer: Viewer = { post: (frame) => channel.post(encodeByteFrame(frame)) }
  /** By number: a page may detach from a stream that was let go meanwhile. */
  const attached = new Map<number, SessionStream>()
  const log = limitedLog(options.log)

  const attach = (frame: ByteFrame, served: ServedStream | undefined) => {
    // A page must not wait for a session that is no longer kept.
    if (served === undefined) return viewer.post({ kind: 'forgotten', stream: frame.stream })
    attached.set(frame.stream, served.stream)
    served.stream.attach(viewer)
  }
  const detach = (number: number) => {
    attached.get(number)?.detach(viewer)
    attached.delete(number)
  }

  const receive = (frame: ByteFrame) => {
    const served = find(frame.stream)
    if (frame.kind === 'attach') return attach(frame, served)
    if (frame.kind === 'detach') return detach(frame.stream)
    // A session that was let go while its page still spoke.
    if (served === undefined) return
    switch (frame.kind) {
      case 'ack':
        return served.stream.acked(viewer, frame.byteCount)
      case 'input':
        if (served.stream.input(frame.bytes)) served.typed(frame.bytes)
        return
      case 'resize': {
        const size = terminalSizeSchema.safeParse(frame.size)
        if (!size.success) return log(`a size of ${frame.size.cols} x ${frame.size.rows}`)
        served.resized(size.data)
        return served.stream.resize(size.data)
      }
      default:
        return log(`a frame of kind ${frame.kind}, which only the core sends`)
    }
  }

  const messages = channel.onMessage((message) => {
    if (typeof message === 'string') return
    let frame: ByteFrame
    try {
      frame = decodeByteFrame(message)
    } catch (problem) {
      return log(problem instanceof Error ? problem.message : String(problem))
    }
    receive(frame)
  })
  const leave = () => {
    for (const number of [...attached.keys()]) detach(number)
  }
  const closing = channel.onClose(leave)

  return {
    [Symbol.dispose]() {
      messages[Symbol.dispose]()
      closing[Symbol.dispose]()
      leave()
    },
  }
}

function limitedLog(log: (problem: string) => void): (problem: string) => void {
  let count = 0
  return (problem) => {
    count++
    if (count <= loggedProblems) log(`A window sent ${problem}; dropped.`)
    if (count === loggedProblems) log('More broken frames of this window are dropped without a word.')
  }
}

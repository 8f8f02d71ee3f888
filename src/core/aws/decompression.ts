import { pipeline, type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

/** What NodeHttpHandler gives back, as far as it matters here. */
interface HandlerAnswer {
  response: { headers: Record<string, string>; body?: Readable }
}

const decoders: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/**
 * Unpacks an answer that a proxy or gateway on the way has compressed. We never ask
 * for that, and the SDK takes the packed bytes for JSON.
 */
export function decompress<Answer extends HandlerAnswer>(answer: Answer): Answer {
  const { headers, body } = answer.response
  const decoder = decoders[headers['content-encoding']?.toLowerCase() ?? '']
  if (!decoder || !body) return answer
  // A broken stream ends the unpacked one with its error, which is then the reader's.
  answer.response.body = pipeline(body, decoder(), () => {})
  delete headers['content-encoding']
  delete headers['content-length']
  return answer
}

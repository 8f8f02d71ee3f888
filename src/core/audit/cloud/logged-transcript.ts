import { PortholeError } from '../../../contract/errors.ts'
import type { Scope } from '../../../contract/identity.ts'
import type { LogCalls } from '../../logs/log-calls.ts'
import { type FetchedTranscript, longestTranscriptBytes } from './fetched-transcript.ts'
import type { Absence } from './missing-transcript.ts'
import type { TranscriptPlace } from './transcript-place.ts'

/**
 * From CloudWatch Logs: the agent names the stream after the session. The end of
 * a stream is a token that comes back; pages before it may be empty.
 *
 * @throws {PortholeError} those of `AwsClients.call`, except that there is nothing
 */
export async function readLoggedTranscript(
  logs: Pick<LogCalls, 'getLogEvents'>,
  scope: Scope,
  place: Extract<TranscriptPlace, { kind: 'log-group' }>,
  awsSessionId: string,
): Promise<FetchedTranscript | Absence['because']> {
  const stream = { logGroupName: place.name, logStreamName: awsSessionId, startFromHead: true }
  const where = { ...scope, region: place.region ?? scope.region }
  const pieces: Buffer[] = []
  let length = 0
  let token: string | undefined
  try {
    while (length <= longestTranscriptBytes) {
      const answer = await logs.getLogEvents(where, {
        ...stream,
        ...(token !== undefined && { nextToken: token }),
      })
      for (const { message = '' } of answer.events ?? []) {
        const piece = Buffer.from(message, 'utf8')
        pieces.push(piece)
        length += piece.byteLength
      }
      if (answer.nextForwardToken === undefined || answer.nextForwardToken === token) break
      token = answer.nextForwardToken
    }
  } catch (thrown) {
    if (!(thrown instanceof PortholeError) || thrown.value.code !== 'NOT_FOUND') throw thrown
    return /log group/i.test(thrown.value.detail ?? '') ? 'no-such-place' : 'nothing-there'
  }
  if (length === 0) return 'nothing-there'
  const whole = Buffer.concat(pieces)
  return { bytes: whole.subarray(0, longestTranscriptBytes), cut: length > longestTranscriptBytes }
}

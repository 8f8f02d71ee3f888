import type { ErrorValue } from '../../contract/errors.ts'
import type { EndReason, Engine, Session } from '../../contract/session.ts'

/** What can happen to a session. */
export type SessionChange =
  | { type: 'identified'; userName: string }
  | { type: 'granted'; awsSessionId: string; engine: Engine }
  | { type: 'awaits-recording'; on: boolean }
  | { type: 'ready'; at: number; recording: boolean; recordingProblem?: ErrorValue }
  | { type: 'encrypted' }
  | { type: 'input'; at: number }
  | { type: 'round-trip'; milliseconds: number }
  | { type: 'waiting'; error: ErrorValue; retryAt: number }
  | { type: 'fell-back'; notice: ErrorValue }
  | { type: 'keep-alive'; on: boolean }
  | { type: 'recording-paused'; at: number }
  | { type: 'recording-resumed' }
  | { type: 'degraded'; error: ErrorValue }
  | { type: 'recovered' }
  | { type: 'reconnecting'; error: ErrorValue; retryAt: number }
  | { type: 'reconnected' }
  | { type: 'recording-problem'; error: ErrorValue }
  | { type: 'ended'; at: number; reason: EndReason; error?: ErrorValue }

/** In which states a change can happen; in any other it is late or out of turn, and nothing happens. */
const possibleIn: Record<SessionChange['type'], readonly Session['state'][]> = {
  identified: ['connecting', 'ready', 'degraded', 'reconnecting'],
  waiting: ['connecting'],
  granted: ['connecting'],
  'fell-back': ['connecting'],
  'awaits-recording': ['connecting'],
  ready: ['connecting'],
  encrypted: ['connecting', 'ready', 'degraded', 'reconnecting'],
  input: ['connecting', 'ready', 'degraded', 'reconnecting'],
  'round-trip': ['ready', 'degraded'],
  'keep-alive': ['ready', 'degraded', 'reconnecting'],
  'recording-paused': ['ready', 'degraded', 'reconnecting'],
  'recording-resumed': ['ready', 'degraded', 'reconnecting'],
  degraded: ['ready'],
  recovered: ['degraded'],
  reconnecting: ['ready', 'degraded', 'reconnecting'],
  reconnected: ['reconnecting'],
  // A recording can also fail while it is completed, after the end.
  'recording-problem': ['connecting', 'ready', 'degraded', 'reconnecting', 'ended'],
  ended: ['connecting', 'ready', 'degraded', 'reconnecting'],
}

/** The session after `change`; the same object when the change does not apply. */
export function changeSession(session: Session, change: SessionChange): Session {
  if (!possibleIn[change.type].includes(session.state)) return session
  switch (change.type) {
    case 'identified':
      return { ...session, userName: change.userName }
    case 'waiting':
      return { ...session, error: change.error, retryAt: change.retryAt }
    case 'granted':
      return {
        ...session,
        awsSessionId: change.awsSessionId,
        engine: change.engine,
        error: undefined,
        retryAt: undefined,
      }
    case 'fell-back':
      return { ...session, engineNotice: change.notice }
    case 'awaits-recording':
      return { ...session, awaitsRecording: change.on || undefined }
    case 'ready':
      return {
        ...session,
        state: 'ready',
        awaitsRecording: undefined,
        readyAt: change.at,
        // AWS counts its 20 minutes from the start when nobody has typed.
        lastInputAt: session.lastInputAt ?? change.at,
        recording: change.recording,
        recordingProblem: change.recordingProblem,
      }
    case 'encrypted':
      return session.kmsEncrypted ? session : { ...session, kmsEncrypted: true }
    case 'input':
      return { ...session, lastInputAt: change.at }
    case 'round-trip':
      return { ...session, roundTripMilliseconds: change.milliseconds }
    case 'keep-alive':
      return { ...session, keepAlive: change.on }
    case 'recording-paused':
      return { ...session, recordingPausedAt: session.recordingPausedAt ?? change.at }
    case 'recording-resumed':
      return { ...session, recordingPausedAt: undefined }
    case 'degraded':
      return { ...session, state: 'degraded', error: change.error }
    case 'reconnecting':
      return {
        ...session,
        state: 'reconnecting',
        error: change.error,
        retryAt: change.retryAt,
        roundTripMilliseconds: undefined,
      }
    case 'recovered':
    case 'reconnected':
      return { ...session, state: 'ready', error: undefined, retryAt: undefined }
    case 'recording-problem':
      // The first says why; what follows is only that a recording cannot go on.
      return {
        ...session,
        recording: false,
        recordingPausedAt: undefined,
        recordingProblem: session.recordingProblem ?? change.error,
      }
    case 'ended':
      return {
        ...session,
        state: 'ended',
        awaitsRecording: undefined,
        recording: false,
        recordingPausedAt: undefined,
        roundTripMilliseconds: undefined,
        keepAlive: false,
        retryAt: undefined,
        endedAt: change.at,
        endReason: change.reason,
        error: change.error,
      }
  }
}

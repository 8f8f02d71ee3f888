import type { ErrorValue } from '../../contract/errors.ts'
import type { EndReason, Engine, Session } from '../../contract/session.ts'

/** What can happen to a session. */
export type SessionChange =
  | { type: 'identified'; userName: string }
  | { type: 'granted'; awsSessionId: string; engine: Engine }
  | { type: 'ready'; at: number; recording: boolean; recordingProblem?: ErrorValue }
  | { type: 'encrypted' }
  | { type: 'input'; at: number }
  | { type: 'reconnecting'; error: ErrorValue }
  | { type: 'reconnected' }
  | { type: 'recording-problem'; error: ErrorValue }
  | { type: 'ended'; at: number; reason: EndReason; error?: ErrorValue }

/** In which states a change can happen; in any other it is late or out of turn, and nothing happens. */
const possibleIn: Record<SessionChange['type'], readonly Session['state'][]> = {
  identified: ['connecting', 'ready', 'reconnecting'],
  granted: ['connecting'],
  ready: ['connecting'],
  encrypted: ['connecting', 'ready', 'reconnecting'],
  input: ['connecting', 'ready', 'reconnecting'],
  reconnecting: ['ready', 'reconnecting'],
  reconnected: ['reconnecting'],
  // A recording can also fail while it is completed, after the end.
  'recording-problem': ['connecting', 'ready', 'reconnecting', 'ended'],
  ended: ['connecting', 'ready', 'reconnecting'],
}

/** The session after `change`; the same object when the change does not apply. */
export function changeSession(session: Session, change: SessionChange): Session {
  if (!possibleIn[change.type].includes(session.state)) return session
  switch (change.type) {
    case 'identified':
      return { ...session, userName: change.userName }
    case 'granted':
      return { ...session, awsSessionId: change.awsSessionId, engine: change.engine }
    case 'ready':
      return {
        ...session,
        state: 'ready',
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
    case 'reconnecting':
      return { ...session, state: 'reconnecting', error: change.error }
    case 'reconnected':
      return { ...session, state: 'ready', error: undefined }
    case 'recording-problem':
      // The first says why; what follows is only that a recording cannot go on.
      return { ...session, recording: false, recordingProblem: session.recordingProblem ?? change.error }
    case 'ended':
      return {
        ...session,
        state: 'ended',
        recording: false,
        endedAt: change.at,
        endReason: change.reason,
        error: change.error,
      }
  }
}

import type { KeyProtection } from '../core/audit/integrity/key-files.ts'

/**
 * What main says to the processes it starts; ports come along where noted. Both
 * ends are ours and built together, so types are enough.
 */
export type SessionHostMessage =
  | { type: 'start'; dataFolder: string }
  /** Port: the way to the audit history, for recordings. Before the first control port. */
  | { type: 'recorders' }
  /** Port: core's control channel. */
  | { type: 'control' }
  /** Port: terminal bytes of one window. */
  | { type: 'bytes' }
  | { type: 'ping'; id: number }
  /** End all sessions, then the process. */
  | { type: 'stop' }

export type SessionHostReply = { type: 'pong'; id: number } | { type: 'log'; message: string }

export type AuditHostMessage =
  | { type: 'start'; folder: string; keyFolder: string; keyProtection: KeyProtection }
  /** Port: one more client of the history. */
  | { type: 'client' }
  /** Close recordings and ledger, then the process. */
  | { type: 'stop' }

import { createHash, randomBytes, randomInt } from 'node:crypto'

const lowerCaseAlphanumerics = 'abcdefghijklmnopqrstuvwxyz0123456789'
const upperCaseBase32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** No vowels and no look-alikes, so that a code is easy to read out and never a word. */
const userCodeLetters = 'BCDFGHJKLMNPQRSTVWXZ'

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** A secret nobody can guess, URL-safe. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url')
}

/** `ecs-execute-command-<26 lower-case alphanumerics>`, the newer form that AWS gives out. */
export function newExecSessionId(): string {
  return `ecs-execute-command-${pick(lowerCaseAlphanumerics, 26)}`
}

/** SSM's own sessions are named after who opened them: `ana-0123456789abcdef0`. */
export function newSsmSessionId(userName: string): string {
  return `${userName}-${randomBytes(9).toString('hex').slice(0, 17)}`
}

export function newTaskId(): string {
  return randomBytes(16).toString('hex')
}

/** Temporary keys begin with ASIA, keys of IAM users with AKIA. */
export function newAccessKeyId(prefix: 'ASIA' | 'AKIA'): string {
  return prefix + pick(upperCaseBase32, 16)
}

/** The code that a person compares, e.g. `PCTQ-SGXX`. */
export function newUserCode(): string {
  return `${pick(userCodeLetters, 4)}-${pick(userCodeLetters, 4)}`
}

/** Hex that is the same in every run, so that the world looks the same every day. */
export function stableHex(seed: string, length: number): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, length)
}

/** A UUID that is the same in every run. */
export function stableUuid(seed: string): string {
  const hex = stableHex(seed, 32)
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20),
  ]
  return parts.join('-')
}

/** A number in [0, limit) that is the same in every run. */
export function stableNumber(seed: string, limit: number): number {
  return Number.parseInt(stableHex(seed, 8), 16) % limit
}

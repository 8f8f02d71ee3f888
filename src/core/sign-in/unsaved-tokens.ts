import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { SsoToken, TokenCache } from './token-cache.ts'

interface Unsaved {
  token: SsoToken
  problem: ErrorValue
  /** What the file held when it could not be written: anything newer there wins. */
  inFile: string | undefined
}

/**
 * Keeps a token in memory when its file cannot be written. Identity Center has
 * then already given it out, and perhaps used up the one in the file: without it
 * a full disk or a read-only home folder would end the sign-in.
 */
export function keepingUnsaved(cache: TokenCache): TokenCache {
  const unsaved = new Map<string, Unsaved>()

  async function accessTokenInFile(tokenKey: string): Promise<string | undefined> {
    const reading = await cache.read(tokenKey)
    return reading.state === 'present' ? reading.token.accessToken : undefined
  }

  return {
    async read(tokenKey) {
      const reading = await cache.read(tokenKey)
      const ours = unsaved.get(tokenKey)
      if (!ours) return reading
      const inFile = reading.state === 'present' ? reading.token.accessToken : undefined
      if (inFile === ours.inFile) return { state: 'present', token: ours.token, problem: ours.problem }
      // Somebody else signed in or out there.
      unsaved.delete(tokenKey)
      return reading
    },
    async save(tokenKey, token) {
      try {
        await cache.save(tokenKey, token)
        unsaved.delete(tokenKey)
      } catch (error) {
        if (!(error instanceof PortholeError)) throw error
        const inFile = await accessTokenInFile(tokenKey)
        unsaved.set(tokenKey, { token, problem: onlyInMemory(error.value), inFile })
      }
    },
    async remove(tokenKey) {
      unsaved.delete(tokenKey)
      await cache.remove(tokenKey)
    },
    removeFile: cache.removeFile,
    locked: cache.locked,
  }
}

function onlyInMemory(problem: ErrorValue): ErrorValue {
  return { ...problem, message: `${problem.message} This sign-in lasts until Porthole is closed.` }
}

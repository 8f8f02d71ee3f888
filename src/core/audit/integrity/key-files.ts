import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PortholeError } from '../../../contract/errors.ts'
import type { KeyStore } from '../../../contract/integrity.ts'
import { replaceFile } from '../../files/replace-file.ts'
import { storageProblem } from '../../files/storage-problem.ts'

/** How the keys of an audit history lie on this computer. */
export type KeyProtection =
  /** Files that only their owner can read. With a wrapping key, those that are sealed become plain again. */
  | { store: 'file'; wrappingKey?: string }
  /** Sealed under a key that the system's keychain guards: 32 bytes in base64. */
  | { store: 'keychain'; wrappingKey: string }
  /** They are sealed, and the keychain does not give out what opens them. */
  | { store: 'locked'; message: string; action: string }

/** Stands at the head of a sealed file, for whoever opens one. */
const sealedHead = 'porthole-sealed 1'
const nonceBytes = 12
const tagBytes = 16

/**
 * The small files beside an audit history: keys and the latest checkpoint. With
 * a keychain each is sealed, bound to its name so that they cannot change
 * places; a plain one from before becomes sealed when it is read, and a sealed
 * one plain when the keychain is no longer wanted. Every file by itself, so a
 * crash in between costs nothing.
 *
 * A sealed file is a line that names the format, then base64 of nonce (12
 * bytes), AES-256-GCM of the text, and tag (16 bytes).
 */
export class KeyFiles {
  readonly folder: string
  readonly #protection: KeyProtection

  constructor(folder: string, protection: KeyProtection = { store: 'file' }) {
    this.folder = folder
    this.#protection = protection
  }

  get store(): KeyStore {
    return this.#protection.store === 'keychain' ? 'keychain' : 'file'
  }

  has(name: string): boolean {
    return existsSync(join(this.folder, name))
  }

  isSealed(name: string): boolean {
    return this.has(name) && this.#stored(name).startsWith(sealedHead)
  }

  /**
   * @returns `undefined` when there is no such file
   * @throws {PortholeError} AUDIT_UNAVAILABLE when it is sealed and cannot be opened here
   */
  read(name: string): string | undefined {
    if (!this.has(name)) return undefined
    const stored = this.#stored(name)
    const isSealed = stored.startsWith(sealedHead)
    const text = isSealed ? this.#open(name, stored) : stored
    const isAsWanted = isSealed === (this.#protection.store === 'keychain')
    if (!isAsWanted && this.#protection.store !== 'locked') this.write(name, text)
    return text
  }

  /** Takes the place of the one before. @throws {PortholeError} STORAGE_*, AUDIT_UNAVAILABLE when the keychain is locked */
  write(name: string, text: string): void {
    const stored = this.#seal(name, text)
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 })
      replaceFile(join(this.folder, name), stored)
    } catch (thrown) {
      throw storageProblem(thrown, 'The key and the checkpoint of the audit history', this.folder)
    }
  }

  #stored(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  #seal(name: string, text: string): string {
    if (this.#protection.store === 'file') return text
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#wrappingKey(name), nonce).setAAD(placeOf(name))
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `${sealedHead}\n${sealed.toString('base64')}\n`
  }

  #open(name: string, stored: string): string {
    const key = this.#wrappingKey(name)
    try {
      const sealed = Buffer.from(stored.slice(sealedHead.length), 'base64')
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      })
        .setAAD(placeOf(name))
        .setAuthTag(sealed.subarray(-tagBytes))
      return Buffer.concat([
        decipher.update(sealed.subarray(nonceBytes, -tagBytes)),
        decipher.final(),
      ]).toString('utf8')
    } catch {
      throw new SealedFileBrokenError(join(this.folder, name))
    }
  }

  #wrappingKey(name: string): Buffer {
    if (this.#protection.store === 'locked') {
      const { message, action } = this.#protection
      throw new PortholeError({ code: 'AUDIT_UNAVAILABLE', message, action })
    }
    const { wrappingKey } = this.#protection
    if (wrappingKey !== undefined) return Buffer.from(wrappingKey, 'base64')
    throw new PortholeError({
      code: 'AUDIT_UNAVAILABLE',
      message: `${join(this.folder, name)} is sealed by this computer’s keychain, which only the desktop app can ask.`,
      action:
        'Use the desktop app, or start it once with --audit-keys=file to have the keys in files again. Another data folder works too.',
    })
  }
}

/** It was changed, comes from elsewhere, or was sealed under another key of the keychain. */
export class SealedFileBrokenError extends PortholeError {
  constructor(file: string) {
    super({
      code: 'AUDIT_UNAVAILABLE',
      message: `${file} does not open with the key in this computer’s keychain.`,
      action:
        'Put it back from a copy. If there is none, move its folder away: the record can still be checked, but recordings made so far stay unreadable.',
    })
  }
}

function placeOf(name: string): Uint8Array {
  return Buffer.from(`${sealedHead} ${name}`, 'utf8')
}

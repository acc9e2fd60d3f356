import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/*
 * Secrets at rest: AES-256-GCM under the installation's master key. A sealed text is
 *
 *     version of the key (1 byte) | nonce (12) | ciphertext | tag (16)
 *
 * and is bound to what owns it by additional data, so that a sealed secret copied to another row does not open.
 */
export interface Sealer {
  /** @param aad Id of what owns the secret. */
  seal(plaintext: Uint8Array, aad: string): Buffer
  /** Throws `SealError` when the key, the owner or the bytes are not those it was sealed with. */
  open(sealed: Uint8Array, aad: string): Buffer
}

/** A sealed text did not open. The message names no secret. */
export class SealError extends Error {
  override readonly name = 'SealError'
}

const KEY_VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** @param masterKey 32 bytes. */
export function createSealer(masterKey: Uint8Array): Sealer {
  if (masterKey.length !== 32) throw new SealError(`A master key has 32 bytes; found ${masterKey.length}.`)
  const key = Uint8Array.from(masterKey)
  return {
    seal(plaintext, aad) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(aad))
      const body = [cipher.update(plaintext), cipher.final()]
      return Buffer.concat([Buffer.of(KEY_VERSION), nonce, ...body, cipher.getAuthTag()])
    },
    open(sealed, aad) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
      if (bytes.length < 1 + NONCE_BYTES + TAG_BYTES)
        throw new SealError(`A sealed text has at least 29 bytes; found ${bytes.length}.`)
      if (bytes[0] !== KEY_VERSION)
        throw new SealError(`Sealed under key version ${bytes[0]}; this process holds version ${KEY_VERSION}.`)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.from(aad))
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES)), decipher.final()])
      } catch (cause) {
        throw new SealError(`A secret of ${aad} does not open: it was sealed with another master key or owner.`, {
          cause,
        })
      }
    },
  }
}

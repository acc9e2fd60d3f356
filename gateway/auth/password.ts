import { hash, verify } from '@node-rs/argon2'

/** OWASP's choice for argon2id (which is the library's default): 19 MiB, two passes, one lane. 26 ms a hash here. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The hash that is kept of a password. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST)
}

/** Compares passwords with what is kept of them. */
export interface PasswordCheck {
  /** False too, and after the same work, when there is nothing kept (`null`): an unknown email takes as long. */
  matches(password: string, kept: string | null): Promise<boolean>
}

/** @param random For the hash that stands in for unknown users. */
export async function createPasswordCheck(random: (length: number) => Uint8Array): Promise<PasswordCheck> {
  const nobody = await hashPassword(Buffer.from(random(32)).toString('base64'))
  return {
    async matches(password, kept) {
      const same = await verify(kept ?? nobody, password)
      return same && kept !== null
    },
  }
}

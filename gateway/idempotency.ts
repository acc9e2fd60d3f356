import { createHash } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '../schema/domain/monitor-draft.js'
import type { CreateOutcome, Idempotency } from '../schema/ports/control-plane.js'
import { parseInput } from './parse-input.js'
import { fault } from './user-fault.js'

/** The idempotency of a create; null without a key. */
export function idempotencyOf(key: string | null | undefined, request: unknown): Idempotency | null {
  if (key == null) return null
  return { key, requestHash: createHash('sha256').update(canonicalJson(request)).digest() }
}

/**
 * What a create made, now or under the same idempotency key before.
 *
 * @param path Where the name stands that must be the only one of its kind.
 * @throws UserFault TAKEN
 */
export function createdOrReplayed<Value>(made: CreateOutcome<Value>, path: readonly string[], name: string) {
  switch (made.outcome) {
    case 'created':
    case 'replayed':
      return { value: made.value, replayed: made.outcome === 'replayed' }
    case 'taken':
      throw fault('TAKEN', path, `"${name}" is taken already; expected one that is not.`)
    case 'key reused': {
      const message = 'This idempotency key was used with another request; expected a new key, or the same request.'
      throw fault('TAKEN', ['input', 'idempotencyKey'], message)
    }
  }
}

/** An idempotency key as it is given: 1 to 255 characters, or none. */
export function idempotencyKey(given: string | null | undefined): string | null {
  return parseInput(z.string().min(1).max(255).nullish(), given, ['input', 'idempotencyKey']) ?? null
}

import type { IngestCredential } from '../../schema/domain/ingest-key.js'
import type { Clock } from '../../schema/ports/clock.js'

/** What a look-up found, and until when (Unix ms) that holds by itself. */
export interface Loaded {
  readonly credential: IngestCredential | null
  readonly validUntil: number
}

export interface CredentialCache {
  /** What is remembered under a name, or what `load` finds; look-ups of one name at one time are one. */
  get(name: string, load: () => Promise<Loaded>): Promise<IngestCredential | null>
  /** Forgets a key by its public id, and all that was not found. */
  forget(key: string): void
}

const FOUND_MS = 30_000
const NOT_FOUND_MS = 10_000
/** Of each kind. Made-up keys push out other made-up ones, never real ones. */
const MOST_ENTRIES = 10_000

interface Entry {
  readonly credential: IngestCredential | null
  readonly until: number
}

/** A cache of credentials, bounded in number and time; names that lead nowhere are kept apart. */
export function createCredentialCache(clock: Clock): CredentialCache {
  const found = new Map<string, Entry>()
  const notFound = new Map<string, Entry>()
  const loading = new Map<string, Promise<IngestCredential | null>>()
  // Rises with every change heard of: what was loaded before one may be stale and is not remembered.
  let changes = 0

  async function loadAndRemember(name: string, load: () => Promise<Loaded>): Promise<IngestCredential | null> {
    const before = changes
    // From before the question: an answer that comes late holds no longer for it.
    const asked = clock.now()
    const { credential, validUntil } = await load()
    if (before !== changes) return credential
    const [entries, forMs] = credential === null ? [notFound, NOT_FOUND_MS] : [found, FOUND_MS]
    if (entries.size >= MOST_ENTRIES) for (const oldest of entries.keys()) if (entries.delete(oldest)) break
    entries.set(name, { credential, until: Math.min(asked + forMs, validUntil) })
    return credential
  }

  return {
    async get(name, load) {
      const entry = found.get(name) ?? notFound.get(name)
      if (entry !== undefined && clock.now() < entry.until) return entry.credential
      found.delete(name)
      notFound.delete(name)
      const under = loading.get(name)
      if (under !== undefined) return under
      const loaded = loadAndRemember(name, load).finally(() => {
        if (loading.get(name) === loaded) loading.delete(name)
      })
      loading.set(name, loaded)
      return loaded
    },
    forget(key) {
      changes++
      loading.clear()
      notFound.clear()
      for (const [name, { credential }] of found) if (credential?.key === key) found.delete(name)
    },
  }
}

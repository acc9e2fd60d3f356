/**
 * Gathers the keys asked for in one turn of the event loop and loads them together, each once for the life of the
 * batch (one request). Keys that `load` leaves out answer null.
 */
export function createBatch<Key, Value>(
  load: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
): (key: Key) => Promise<Value | null> {
  const known = new Map<Key, Promise<Value | null>>()
  let waiting: { readonly keys: Key[]; readonly loaded: Promise<ReadonlyMap<Key, Value>> } | null = null
  return (key) => {
    const before = known.get(key)
    if (before !== undefined) return before
    if (waiting === null) {
      const keys: Key[] = []
      const loaded = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        waiting = null
        return load(keys)
      })
      waiting = { keys, loaded }
    }
    waiting.keys.push(key)
    const value = waiting.loaded.then((values) => values.get(key) ?? null)
    known.set(key, value)
    return value
  }
}

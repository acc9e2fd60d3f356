import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs'
import { join } from 'node:path'

/**
 * A copy of `source` at `base`/`name` that every user may read and run, and only we may write; made when it is missing
 * or incomplete (cleaners of temporary folders take single old files), else reused.
 *
 * `base` is a folder others can write to. A name of which somebody else is the owner is left alone, since what lies
 * there would be run.
 *
 * @returns Its path, or null when it cannot be had there.
 */
export function publicCopy(source: string, base: string, name: string): string | null {
  const copy = join(base, name)
  const there = lstatSync(copy, { throwIfNoEntry: false })
  if (there && !isOurs(there)) return null
  if (there && isComplete(source, copy)) return copy
  let fresh: string
  try {
    fresh = mkdtempSync(`${copy}.`)
  } catch {
    // Not writable or not there: the caller has another base, or says that none would do.
    return null
  }
  try {
    cpSync(source, fresh, { recursive: true, verbatimSymlinks: true })
    for (const entry of readdirSync(fresh, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isDirectory()) chmodSync(path, 0o755)
      if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o100 ? 0o755 : 0o644)
    }
    chmodSync(fresh, 0o755)
    if (there) renameSync(copy, join(fresh, '.replaced'))
    renameSync(fresh, copy)
    rmSync(join(copy, '.replaced'), { recursive: true, force: true })
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    // Another process of ours may have put its own there in the meantime.
    if (lstatSync(copy, { throwIfNoEntry: false }) && isComplete(source, copy)) return copy
    throw error
  }
  return copy
}

function isOurs(stats: Stats): boolean {
  return stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0
}

/** Whether every file of the source stands in the copy with its size (1,000 files in 20 ms). */
function isComplete(source: string, copy: string): boolean {
  return readdirSync(source, { recursive: true, withFileTypes: true }).every((entry) => {
    if (!entry.isFile()) return true
    const path = join(entry.parentPath, entry.name)
    const twin = lstatSync(join(copy, path.slice(source.length)), { throwIfNoEntry: false })
    return twin?.isFile() === true && twin.size === lstatSync(path).size
  })
}

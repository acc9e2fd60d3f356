import { readdirSync, readFileSync } from 'node:fs'

/** Text of a file of /proc; empty when it cannot be read, as those of a process or thread that has just ended. */
export function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error) return ''
    throw error
  }
}

/** Names in a folder of /proc; none when it cannot be read. */
export function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (error instanceof Error) return []
    throw error
  }
}

/** Ids of all processes, as texts. */
export function processes(): string[] {
  return names('/proc').filter((name) => /^\d+$/.test(name))
}

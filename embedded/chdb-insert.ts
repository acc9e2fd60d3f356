import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type ClickHouseSettings, insertSettings, type RowInsert } from '../sql/clients.js'
import { insertInto } from '../sql/clients-clickhouse.js'
import { sqlString } from '../sql/clients-params.js'

/** As `nice` has it: a third of the weight of a thread that answers. */
const NICE = 5

/**
 * The library takes rows from memory as text only, and reading text is what an insert spends most of its time on. So
 * blocks go through a file, which has no name as soon as it is open: whatever ends this process leaves nothing behind.
 * The pages of the file never see the disk, unless it lives for longer than the system lets them wait.
 *
 * @param folder Of this process alone, on the disk of the data.
 * @param run Runs a statement.
 */
export async function insertBlocks(
  folder: string,
  { table, columns, body, token, settings }: RowInsert,
  run: (sql: string) => Promise<unknown>,
): Promise<void> {
  const file = await unnamedFile(folder)
  try {
    await file.writeFile(body)
    // By its descriptor: a path would be read as a pattern.
    const source = sqlString(`/proc/self/fd/${file.fd}`)
    const given = assignments({ ...insertSettings(token, settings), ...BEHIND })
    await run(`${insertInto(table, columns)} FROM INFILE ${source} SETTINGS ${given} FORMAT Native`)
  } finally {
    await file.close()
  }
}

/**
 * Handing blocks from thread to thread takes more than their work: 5.2 µs a row became 3.2, and the wall's time with it.
 * Who waits for an answer goes before the work behind it, so the thread is a nice one.
 */
const BEHIND = { max_threads: 1, max_insert_threads: 1, os_threads_nice_value_query: NICE } as const

let made = 0

async function unnamedFile(folder: string): Promise<FileHandle> {
  const path = join(folder, `insert-${process.pid}-${made++}`)
  const file = await open(path, 'wx+', 0o600)
  await unlink(path)
  return file
}

function assignments(settings: ClickHouseSettings): string {
  const literal = (value: string | number | boolean) => (typeof value === 'string' ? sqlString(value) : Number(value))
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${literal(value)}`)
    .join(', ')
}

import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { type RunningProgram, useProgram } from '../test/harness/program.js'
import { scratchFolder } from '../test/harness/scratch-folder.js'
import { openDataDir } from './data-dir.js'
import { startEmbeddedPostgres } from './postgres.js'

const stores = useProgram('hold-stores')

/** A process that writes rows until the test kills it. */
async function writing(path: string, options: { uid?: number; gid?: number; cwd?: string } = {}) {
  const program = stores([path, 'postgres'], options)
  onTestFinished(() => void program.process.kill('SIGKILL'))
  const { url } = await program.heard<{ url: string }>('ready')
  while ((await program.heard<{ kept: number }>('kept')).kept < 20);
  return { program, url }
}

/** Starts on the directory as the next process would, and looks for every row that was acknowledged. */
async function expectAllKept(path: string, program: RunningProgram): Promise<void> {
  const dataDir = openDataDir(path)
  const begun = performance.now()
  const postgres = await startEmbeddedPostgres({ dataDir })
  expect(performance.now() - begun).toBeLessThan(3_000)
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  const { rows } = await client.query<{ n: number }>('SELECT n FROM kept')
  const there = new Set(rows.map(({ n }) => n))
  const told = program.lines.flatMap(({ kept }) => (typeof kept === 'number' ? [kept] : []))
  expect(told.length).toBeGreaterThanOrEqual(20)
  expect(told.filter((n) => !there.has(n))).toEqual([])
  await client.end()
  await postgres.stop()
  dataDir.release()
}

test('killed at once and started at once: nothing acknowledged is lost', async () => {
  const path = scratchFolder()
  const { program } = await writing(path)
  program.process.kill('SIGKILL')
  await program.ended
  await expectAllKept(path, program)
})

test('PostgreSQL follows a killed process by itself', async () => {
  const { program, url } = await writing(scratchFolder())
  const watcher = new pg.Client({ connectionString: url })
  const said: string[] = []
  watcher.on('error', (error) => said.push(error.message))
  await watcher.connect()
  const over = new Promise((resolve) => watcher.once('end', resolve))
  program.process.kill('SIGKILL')
  await over
  expect(said).toContain('terminating connection due to administrator command')
})

test.runIf(process.platform === 'linux')('one that lost its shell as well is stopped by the next start', async () => {
  const path = scratchFolder()
  const { program } = await writing(path)
  const shells = descendants(Number(program.process.pid), 'sh')
  expect(shells).toHaveLength(2)
  for (const pid of [...shells, Number(program.process.pid)]) process.kill(pid, 'SIGKILL')
  await program.ended
  await expectAllKept(path, program)
})

test('a second process on the directory is told who has it', async () => {
  const path = scratchFolder()
  const { program } = await writing(path)
  const second = stores([path, 'postgres'])
  expect(await second.heard('error')).toEqual({
    code: 'DATA_DIR_LOCKED',
    error: expect.stringContaining(`is in use by process ${program.process.pid} since`),
  })
  await second.ended
  program.process.stdin?.end()
  await program.ended
})

test.runIf(process.getuid?.() === 0)('an ordinary user runs it as himself', async () => {
  const path = mkdtempSync('/var/tmp/tocsin-user-')
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  chownSync(path, 65534, 65534)
  const { program } = await writing(path, { uid: 65534, gid: 65534, cwd: '/' })
  expect(statSync(`${path}/postgres/data`).uid).toBe(65534)
  program.process.stdin?.end()
  await program.ended
  expect(program.lines.at(-1)).toHaveProperty('kept')
})

/** Processes below one, by their name. */
function descendants(parent: number, name: string): number[] {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const [, pid, comm, , ppid] =
          /^(\d+) \((.*)\) (\S) (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, 'utf8')) ?? []
        return [{ pid: Number(pid), name: comm, ppid: Number(ppid) }]
      } catch {
        // Gone since the listing.
        return []
      }
    })
  const below = (id: number): typeof all =>
    all.filter(({ ppid }) => ppid === id).flatMap((one) => [one, ...below(one.pid)])
  return below(parent)
    .filter((one) => one.name === name)
    .map(({ pid }) => pid)
}

import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useProgram } from '../test/harness/program.js'
import { scratchFolder } from '../test/harness/scratch-folder.js'
import { openDataDir } from './data-dir.js'

const holder = useProgram('hold-data-dir')

test('a directory is made for its owner alone', () => {
  const dataDir = openDataDir(join(scratchFolder(), 'deep', 'data'))
  expect(statSync(dataDir.path).mode & 0o777).toBe(0o700)
  dataDir.release()
})

test('a second opener gets one sentence that names the first, until that one lets go', () => {
  const path = scratchFolder()
  const first = openDataDir(path)
  expect(() => openDataDir(path)).toThrow(
    expect.objectContaining({
      code: 'DATA_DIR_LOCKED',
      message: expect.stringMatching(
        new RegExp(
          `^The data directory ${path} is in use by process ${process.pid} since \\d{4}-[^ ]+Z; stop [^.]+\\.$`,
        ),
      ),
    }),
  )
  first.release()
  first.release()
  openDataDir(path).release()
})

test('a process that holds it is named, and killed it holds nothing', async () => {
  const path = scratchFolder()
  const other = holder([path])
  await other.heard('held')
  expect(() => openDataDir(path)).toThrow(`is in use by process ${other.process.pid} since`)
  other.process.kill('SIGKILL')
  await other.ended
  openDataDir(path).release()
})

test('of many processes that open it at once, one has it', async () => {
  const path = scratchFolder()
  const all = Array.from({ length: 6 }, () => holder([path]))
  const answers = await Promise.all(all.map((one) => one.heard<{ answer: string }>('answer')))
  expect(answers.map(({ answer }) => answer).sort()).toEqual([...Array(5).fill('DATA_DIR_LOCKED'), 'held'])
  for (const one of all) one.process.stdin?.end()
  await Promise.all(all.map((one) => one.ended))
})

test('a path below a file is refused in one sentence', () => {
  const file = join(scratchFolder(), 'file')
  writeFileSync(file, '')
  expect(() => openDataDir(join(file, 'data'))).toThrow(
    expect.objectContaining({
      code: 'DATA_DIR_UNUSABLE',
      message: expect.stringContaining(`The data directory ${file}/data cannot be made or written (ENOTDIR`),
    }),
  )
})

test.runIf(process.getuid?.() === 0)('a directory of another user is refused in one sentence', async () => {
  const path = scratchFolder()
  const other = holder([path], { uid: 65534, gid: 65534, cwd: '/' })
  expect(await other.heard('answer')).toEqual({
    answer: 'DATA_DIR_UNUSABLE',
    message: expect.stringMatching(
      /^The data directory .* cannot be made or written \(EACCES[^;]*; set TOCSIN_DATA_DIR to [^.]*\.$/,
    ),
  })
  await other.ended
})

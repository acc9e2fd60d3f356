import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { scratchFolder } from '../test/harness/scratch-folder.js'
import { type PlatformPackage, postgresBinaries } from './postgres-binaries.js'
import { serviceUser } from './service-user.js'

const user = serviceUser('/nowhere')
const PROGRAM = '#!/bin/sh\necho "PostgreSQL of the test"\n'

/** A package as npm unpacks it where no install script runs, below a folder of mode 0700, with a script for PostgreSQL. */
function unpacked(program: string | null = PROGRAM): PlatformPackage {
  const native = join(scratchFolder(), 'native')
  for (const folder of ['bin', 'lib']) mkdirSync(join(native, folder), { recursive: true })
  if (program !== null) writeFileSync(join(native, 'bin', 'postgres'), program, { mode: 0o700 })
  writeFileSync(join(native, 'lib', 'libpq.so.5.18'), 'library')
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links))
  const version = `test-${randomUUID()}`
  onTestFinished(() => {
    for (const base of ['/var/tmp', tmpdir()]) rmSync(copyOf(version, base), { recursive: true, force: true })
  })
  return { native, version }
}

function copyOf(version: string, base = '/var/tmp'): string {
  return join(base, `tocsin-postgres-${version}-${process.getuid?.()}`)
}

function answer(postgres: string): string {
  return spawnSync(postgres, { cwd: '/', encoding: 'utf8', ...(user ? { uid: user.uid, gid: user.gid } : {}) }).stdout
}

test('links that no install script made are made', () => {
  const from = unpacked()
  postgresBinaries(user, from)
  expect(readlinkSync(join(from.native, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18')
})

test.runIf(user === null)('an ordinary user runs it where it is', () => {
  const from = unpacked()
  expect(postgresBinaries(user, from).postgres).toBe(join(from.native, 'bin', 'postgres'))
})

test.runIf(user !== null)('below a home that only root enters, a copy that everyone may read is made, once', () => {
  const from = unpacked()
  const { postgres } = postgresBinaries(user, from)
  expect(postgres).toBe(join(copyOf(from.version), 'bin', 'postgres'))
  expect(answer(postgres)).toBe('PostgreSQL of the test\n')
  expect(readFileSync(join(copyOf(from.version), 'lib', 'libpq.so.5'), 'utf8')).toBe('library')
  const made = statSync(postgres).ctimeMs
  expect(postgresBinaries(user, from).postgres).toBe(postgres)
  expect(statSync(postgres).ctimeMs).toBe(made)
})

test.runIf(user !== null)('a copy that lost a part of itself is made again', () => {
  const from = unpacked()
  const { postgres } = postgresBinaries(user, from)
  truncateSync(postgres, 10)
  rmSync(join(copyOf(from.version), 'lib'), { recursive: true })
  expect(answer(postgresBinaries(user, from).postgres)).toBe('PostgreSQL of the test\n')
  expect(readFileSync(join(copyOf(from.version), 'lib', 'libpq.so.5'), 'utf8')).toBe('library')
})

test.runIf(user !== null)('what somebody else put at the name of the copy is not run', () => {
  const from = unpacked()
  const theirs = scratchFolder()
  mkdirSync(join(theirs, 'bin'))
  writeFileSync(join(theirs, 'bin', 'postgres'), PROGRAM.replace('of the test', 'of a thief'), { mode: 0o755 })
  symlinkSync(theirs, copyOf(from.version))
  const { postgres } = postgresBinaries(user, from)
  expect(dirname(dirname(postgres))).toBe(copyOf(from.version, tmpdir()))
  expect(answer(postgres)).toBe('PostgreSQL of the test\n')
})

test('a build that cannot run is refused in one sentence', () => {
  expect(() => postgresBinaries(user, unpacked(null))).toThrow(
    expect.objectContaining({
      code: 'ENGINE_MISSING',
      message: expect.stringMatching(
        /^The embedded PostgreSQL cannot run .* \(.*ENOENT\); set DATABASE_URL to a server's\.$/,
      ),
    }),
  )
  const crashing = '#!/bin/sh\necho "missing: libfoo.so.1" >&2\nexit 127\n'
  expect(() => postgresBinaries(user, unpacked(crashing))).toThrow('(missing: libfoo.so.1)')
})

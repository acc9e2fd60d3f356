/**
 * Makes Prisma's client in prisma/generated when schema.prisma or Prisma has changed since it was made; else it takes
 * 30 ms. The client is made beside and moved into place, so two runs at once both end with a whole one.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const folder = import.meta.dirname
const generated = join(folder, 'generated')
const manifest = createRequire(import.meta.url).resolve('prisma/package.json')
const prisma = JSON.parse(readFileSync(manifest, 'utf8'))
const schema = readFileSync(join(folder, 'schema.prisma'), 'utf8')
const hash = createHash('sha256').update(`${prisma.version}\n${schema}`).digest('hex')

if (!isCurrent(generated)) {
  // A name that git, the linter and the compiler leave alone, on the file system that the client moves to.
  const fresh = mkdtempSync(join(dirname(folder), '.tocsin-generate-'))
  try {
    if (generate(fresh)) moveIntoPlace(join(fresh, 'generated'), join(fresh, 'replaced'))
    else process.exitCode = 1
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function isCurrent(client) {
  const mark = join(client, '.hash')
  return existsSync(join(client, 'client.ts')) && existsSync(mark) && readFileSync(mark, 'utf8') === hash
}

function generate(target) {
  writeFileSync(join(target, 'schema.prisma'), schema)
  const command = join(dirname(manifest), prisma.bin.prisma)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [command, 'generate', '--schema', join(target, 'schema.prisma')],
    {
      cwd: dirname(folder),
      encoding: 'utf8',
      env: {
        // Generating needs no engine, but Prisma would fetch one from the network unless some file is named.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
        ...process.env,
      },
    },
  )
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}\nPrisma's client could not be made from prisma/schema.prisma.\n`)
    return false
  }
  writeFileSync(join(target, 'generated', '.hash'), hash)
  return true
}

function moveIntoPlace(made, replaced) {
  for (let attempt = 1; ; attempt++) {
    try {
      if (existsSync(generated)) renameSync(generated, replaced)
      renameSync(made, generated)
      return
    } catch (error) {
      // Another run was between our two steps. What it put there is as good as ours.
      if (isCurrent(generated)) return
      if (attempt === 10) throw error
      rmSync(replaced, { recursive: true, force: true })
    }
  }
}

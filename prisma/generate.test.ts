import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../package-root.js'

const SCHEMA = `
generator client {
  provider     = "prisma-client"
  output       = "./generated"
  moduleFormat = "esm"
}
datasource db {
  provider = "postgresql"
}
model Thing {
  id String @id
}
`
// Within the package, so that Prisma is found; the copy makes its client beside itself.
let folder = ''
beforeAll(() => {
  const root = mkdtempSync(join(packageRoot(), '.tocsin-test-'))
  folder = join(root, 'prisma')
  mkdirSync(folder)
  copyFileSync(join(packageRoot(), 'prisma', 'generate.mjs'), join(folder, 'generate.mjs'))
  writeFileSync(join(folder, 'schema.prisma'), SCHEMA)
  return () => rmSync(root, { recursive: true, force: true })
})

async function generate(): Promise<{ status: number; said: string }> {
  const child = spawn(process.execPath, [join(folder, 'generate.mjs')], { stdio: ['ignore', 'inherit', 'pipe'] })
  const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return { status: Number(status), said }
}

const client = () => readFileSync(join(folder, 'generated', 'client.ts'), 'utf8')

test('the client is made, by two at once as by one, and only when the schema changed', async () => {
  expect(await Promise.all([generate(), generate()])).toEqual(Array(2).fill({ status: 0, said: '' }))
  expect(client()).toContain('Thing')
  const made = statSync(join(folder, 'generated')).ctimeMs
  await generate()
  expect(statSync(join(folder, 'generated')).ctimeMs).toBe(made)
  appendFileSync(join(folder, 'schema.prisma'), 'model Other {\n  id String @id\n}\n')
  await generate()
  expect(client()).toContain('Other')
})

test('a schema that is wrong fails and leaves the client as it was', async () => {
  await generate()
  const before = client()
  appendFileSync(join(folder, 'schema.prisma'), 'model Broken {\n')
  const { status, said } = await generate()
  expect(status).toBe(1)
  expect(said).toContain('Error validating')
  expect(client()).toBe(before)
  expect(existsSync(join(folder, 'generated', '.hash'))).toBe(true)
})

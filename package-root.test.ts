import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from './package-root.js'
import { useProgram } from './test/harness/program.js'

const program = useProgram('say-package-root')

test('it is the folder of our package.json', () => {
  expect(JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))).toMatchObject({ name: 'tocsin' })
})

test('compiled into a folder below, it is the same', async () => {
  expect(await program([]).heard('root')).toEqual({ root: packageRoot() })
})

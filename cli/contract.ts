import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildGatewaySchema } from '../gateway/graphql/schema.js'
import { packageRoot } from '../package-root.js'
import { compareWithContract } from '../schema/graphql/contract.js'

/**
 * Compares the schema that the resolvers make with the contract: prints what is missing, and fails on what would break
 * a client or was there and is missing now. `--record` writes the shorter list of what is missing.
 */
const folder = join(packageRoot(), 'schema', 'graphql')
const { missing, breaking } = compareWithContract(
  buildGatewaySchema(),
  await readFile(join(folder, 'contract.graphql'), 'utf8'),
)
const recordPath = join(folder, 'contract.missing.json')
const recorded = JSON.parse(await readFile(recordPath, 'utf8')) as string[]
const lost = missing.filter((name) => !recorded.includes(name))

console.log('What the contract (schema/graphql/contract.graphql) asks for and the schema does not have yet:')
for (const name of missing) console.log(`missing   ${name}`)
for (const name of lost) console.log(`lost      ${name} was there and is missing now`)
for (const sentence of breaking) console.log(`breaking  ${sentence}`)
console.log(`${missing.length} missing, ${lost.length} lost, ${breaking.length} breaking`)

if (lost.length > 0 || breaking.length > 0) process.exitCode = 1
else if (process.argv.includes('--record')) await writeFile(recordPath, `${JSON.stringify(missing, null, 2)}\n`)

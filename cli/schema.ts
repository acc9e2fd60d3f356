import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildGatewaySchema, printGatewaySchema } from '../gateway/graphql/schema.js'
import { packageRoot } from '../package-root.js'

/** Writes the schema that the resolvers make to `schema/graphql/schema.graphql`. */
const path = join(packageRoot(), 'schema', 'graphql', 'schema.graphql')
await writeFile(path, printGatewaySchema(buildGatewaySchema()))
console.log(`Wrote ${path}`)

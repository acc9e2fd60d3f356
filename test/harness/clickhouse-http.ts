import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createChdbConnection } from 'chdb/connection'
import { sqlString } from '../../sql/clients-params.js'

/** What a client sent, for tests that look at the request itself. */
export interface SeenRequest {
  readonly query: string
  /** Parameters of the URL but the query: settings, `database`, `param_…`. */
  readonly settings: Readonly<Record<string, string>>
  readonly authorization: string | undefined
}

/**
 * ClickHouse's HTTP interface, as far as its official client uses it, in front of the engine in this process: no npm
 * package ships the server. Query in the URL or the body, settings and parameters in the URL, errors with their code.
 *
 * @param path Directory of the engine in this process.
 */
export async function serveClickHouse(path: string) {
  const seen: SeenRequest[] = []
  const server = createServer((request, response) => {
    answer(path, seen, request, response).catch((error: Error) => {
      const code = /^Code: (\d+)/.exec(error.message)?.[1] ?? '1002'
      response.writeHead(code === '159' ? 504 : 400, { 'x-clickhouse-exception-code': code }).end(error.message)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return {
    url: `http://user:pass@127.0.0.1:${port}`,
    seen,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function answer(path: string, seen: SeenRequest[], request: IncomingMessage, response: ServerResponse) {
  const given = Object.fromEntries(new URL(request.url ?? '', 'http://localhost').searchParams)
  const { query = '', query_id: _id, database = 'default', ...settings } = given
  const bytes = await buffer(request)
  const isNative = query.endsWith(NATIVE)
  const body = isNative ? '' : bytes.toString()
  const statement = query === '' ? body : query
  seen.push({ query: statement, settings: { ...settings, database }, authorization: request.headers.authorization })
  // A connection a request, as each has a session of its own.
  const connection = createChdbConnection({ path })
  try {
    const run = async (sql: string) => (await connection.chdb.queryAsync(sql, { format: 'TabSeparated' })).bytes()
    await run(`USE \`${database}\``)
    const ofHttpAlone = ['wait_end_of_query', 'cancel_http_readonly_queries_on_client_close', 'enable_http_compression']
    for (const [name, value] of Object.entries(settings))
      if (!ofHttpAlone.includes(name)) await run(`SET ${name} = ${/^\d+$/.test(value) ? value : sqlString(value)}`)
    const result = isNative ? await insertFile(run, query, bytes) : await run(query === '' ? body : `${query}\n${body}`)
    response.writeHead(200, { 'x-clickhouse-summary': '{}' }).end(result)
  } finally {
    await connection.close()
  }
}

const NATIVE = ' FORMAT Native'

/** Rows of bytes, which the engine takes from a file. */
async function insertFile<Result>(
  run: (sql: string) => Promise<Result>,
  query: string,
  bytes: Buffer,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-http-'))
  try {
    const file = join(folder, 'rows')
    writeFileSync(file, bytes)
    return await run(`${query.slice(0, -NATIVE.length)} FROM INFILE ${sqlString(file)}${NATIVE}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

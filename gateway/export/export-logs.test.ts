import { request as httpRequest } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { exceeded } from '../../schema/domain/query-bounds.js'
import { QueryError } from '../../schema/domain/query-error.js'
import { type LogReader, StoreError } from '../../schema/ports/telemetry.js'
import { addOrg, useGateway } from '../../test/harness/gateway.js'

const T0 = Date.parse('2026-03-01T12:00:00Z')
/** A loaded machine is no fault. */
const PATIENT = { timeout: 60_000 }
const RANGE = { from: '2026-03-01T12:00:00Z', to: '2026-03-01T13:00:00Z' }

/** Times of the records, ms; each is a record of that name. */
let times: number[] = []
let reads: Parameters<LogReader['search']>[0][] = []
let before: (query: Parameters<LogReader['search']>[0]) => Promise<void> = async () => {}

const gateway = useGateway(() => ({
  logs: {
    forOrg: (orgId) => ({
      async search(query) {
        reads.push(query)
        await before(query)
        const { from, to, first, after, order } = query
        const sign = order === 'ASC' ? 1 : -1
        const met = times
          .filter((at) => orgId !== 'org_none' && at >= from && at < to)
          .filter((at) => after === null || sign * (at - Number(after)) > 0)
          .sort((a, b) => sign * (a - b))
        const records = met.slice(0, first).map((at) => ({ cursor: `${at}`, record: recordOf(at) }))
        return { records, hasNextPage: met.length > first }
      },
      find: async () => null,
    }),
  },
}))
const recordOf = (at: number) => ({
  ...{ id: `${at}`, at: new Date(at).toISOString(), service: 'api', level: 'info', message: `größe ${at - T0}` },
  ...{ traceId: null, spanId: null, attributes: { status: 200 } },
})

let origin = ''
beforeAll(async () => {
  await gateway.app.listen({ host: '127.0.0.1', port: 0 })
  origin = `http://127.0.0.1:${(gateway.app.server.address() as AddressInfo).port}`
})
beforeEach(() => {
  ;[times, reads] = [[], []]
  before = async () => {}
})

function get(parameters: Record<string, string>, headers: Record<string, string> = {}, signal?: AbortSignal) {
  return fetch(`${origin}/export/logs?${new URLSearchParams(parameters)}`, {
    headers: { authorization: `Bearer ${gateway.first.apiToken}`, 'accept-encoding': 'identity', ...headers },
    ...(signal === undefined ? {} : { signal }),
  })
}
const lines = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

/** An answer as it came, though it broke off. */
function raw(parameters: Record<string, string>, headers: Record<string, string> = {}) {
  return new Promise<{ body: Buffer; broke: boolean; trailers: NodeJS.Dict<string> }>((resolve, reject) => {
    const url = `${origin}/export/logs?${new URLSearchParams(parameters)}`
    const asked = httpRequest(url, { headers: { authorization: `Bearer ${gateway.first.apiToken}`, ...headers } })
    asked.once('error', reject)
    asked.once('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', () => {})
      response.once('close', () => {
        resolve({ body: Buffer.concat(chunks), broke: !response.complete, trailers: response.trailers })
      })
    })
    asked.end()
  })
}

/** What comes back for a request that is written by hand, until the connection ends. */
async function byHand(head: string): Promise<string> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  socket.write(`${head}\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${gateway.first.apiToken}\r\n\r\n`)
  return text(socket)
}

describe('an export by other ways of HTTP', () => {
  const path = `/export/logs?${new URLSearchParams({ ...RANGE, format: 'jsonl' })}`

  it('comes by HTTP/1.0, which has no trailers', async () => {
    times = [T0, T0 + 1]
    const answer = await byHand(`GET ${path} HTTP/1.0`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).not.toMatch(/trailer/i)
    expect(lines(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toHaveLength(2)
  })

  it('is no answer to a question for the head alone', async () => {
    expect(await byHand(`HEAD ${path} HTTP/1.1`)).toMatch(/^HTTP\/1\.1 40[45] /)
  })
})

describe('an export of logs', () => {
  it.each(['ASC', 'DESC'])('holds every record of the range once, in order: %s', async (order) => {
    // Thick and thin: spans grow and shrink.
    times = [
      ...Array.from({ length: 30_000 }, (_, i) => T0 + i),
      ...Array.from({ length: 300 }, (_, i) => T0 + 1_800_000 + i * 5_000),
    ]
    const response = await get({ ...RANGE, query: '{service="api"}', order })
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="logs_default_2026-03-01T120000000Z_2026-03-01T130000000Z.jsonl"'.replace(
        'default',
        (await gateway.ask('{ viewer { org { slug } } }')).data.viewer.org.slug,
      ),
    )
    const found = lines(await response.text())
    expect(found.map(({ id }) => Number(id))).toEqual([...times].sort((a, b) => (order === 'ASC' ? a - b : b - a)))
    expect(found[0]).toEqual(recordOf(found[0] === undefined ? 0 : Number(found[0].id)))
    expect(reads[0]).toMatchObject({ selector: '{service="api"}', first: 5_000, order })
    expect(reads.length).toBeLessThan(60)
  })

  it('is CSV when asked, and compressed for who takes it, with the number of its records at the end', async () => {
    times = [T0, T0 + 1]
    const { body, broke, trailers } = await raw({ ...RANGE, format: 'csv' }, { 'accept-encoding': 'br, gzip' })
    expect(gunzipSync(body).toString('utf8').split('\r\n')).toEqual([
      'at,service,level,message,trace_id,span_id,attributes,id',
      `2026-03-01T12:00:00.000Z,api,info,größe 0,,,"{""status"":200}",${T0}`,
      `2026-03-01T12:00:00.001Z,api,info,größe 1,,,"{""status"":200}",${T0 + 1}`,
      '',
    ])
    expect([broke, trailers['x-tocsin-records']]).toEqual([false, '2'])
  })

  it('is not compressed for who refuses it', async () => {
    const response = await get(RANGE, { 'accept-encoding': 'gzip;q=0' })
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(await response.text()).toBe('')
  })

  it('goes on after a cursor, up to now unless told otherwise', async () => {
    gateway.clock.set(T0 + 5)
    times = [T0, T0 + 1, T0 + 2, T0 + 9]
    const found = lines(await (await get({ from: RANGE.from, after: `${T0}` })).text())
    expect(found.map(({ id }) => Number(id) - T0)).toEqual([1, 2])
    gateway.clock.set(T0)
  })

  it.each(['identity', 'gzip'])('says why it was cut, and breaks off: %s', async (encoding) => {
    times = Array.from({ length: 12_000 }, (_, i) => T0 + i)
    before = async ({ after }) => {
      if (after !== null) throw new StoreError('store', 'Connection refused to 10.0.0.1')
    }
    const { body, broke } = await raw(RANGE, { 'accept-encoding': encoding })
    const text = (encoding === 'gzip' ? gunzipSync(body) : body).toString('utf8')
    const found = lines(text)
    expect([found.length, broke]).toEqual([5_001, true])
    expect(found.at(-1)).toEqual({
      error: { code: 'UNAVAILABLE', message: expect.stringContaining('store'), after: `${T0 + 4_999}` },
    })
    expect(gateway.failures.splice(0)).toHaveLength(1)
  })

  it('stops to read when its reader leaves', async () => {
    times = [T0]
    const left = new AbortController()
    let ended: (reason: unknown) => void = () => {}
    const stopped = new Promise((resolve) => {
      ended = resolve
    })
    before = async ({ after, signal }) => {
      if (after === null) return
      signal?.addEventListener('abort', () => ended(signal.reason), { once: true })
      left.abort()
      await stopped
    }
    await expect(get(RANGE, {}, left.signal).then((response) => response.text())).rejects.toThrow()
    expect(String(await stopped)).toContain('cancelled')
  })

  it.each([
    ['no time', {}, 400, 'REQUIRED', 'from'],
    ['a time that is none', { ...RANGE, to: 'tomorrow' }, 400, 'INVALID', 'tomorrow'],
    ['an empty range', { from: RANGE.to, to: RANGE.from }, 400, 'INVALID', 'empty range'],
    ['a format that there is not', { ...RANGE, format: 'xml' }, 400, 'INVALID', 'jsonl or csv'],
    ['a parameter that there is not', { ...RANGE, limit: '5' }, 400, 'INVALID', 'limit'],
  ])('refuses %s', async (_name, parameters, status, code, words) => {
    const response = await get(parameters)
    const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] }
    expect([response.status, errors[0]?.extensions.code]).toEqual([status, code])
    expect(errors[0]?.message).toContain(words)
  })

  it.each([
    ['a wrong query', new QueryError('Found =.', 1, 4), 'QUERY_INVALID'],
    ['one that reads too much', exceeded('bytes', 5), 'TOO_BROAD'],
  ])('refuses %s before it begins', async (_name, error, code) => {
    before = () => Promise.reject(error)
    const response = await get(RANGE)
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ extensions: { code } }] }])
  })

  it('is for who may read logs', async () => {
    const nobody = await get(RANGE, { authorization: 'Bearer x' })
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    const { data } = await gateway.ask(
      'mutation { apiTokenCreate(input: { name: "e", scopes: ["monitor:read"] }) { token } }',
    )
    expect((await get(RANGE, { authorization: `Bearer ${data.apiTokenCreate.token}` })).status).toBe(403)
  })

  it('serves two of an organisation at once, and those of another', async () => {
    times = [T0]
    let go = () => {}
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    before = () => held
    const both = [get(RANGE), get(RANGE)]
    await expect.poll(() => reads.length, PATIENT).toBe(2)
    const third = await get(RANGE)
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '10'])
    const other = await addOrg(gateway, 'other')
    const theirs = get(RANGE, { authorization: `Bearer ${other.apiToken}` })
    await expect.poll(() => reads.length, PATIENT).toBe(3)
    go()
    for (const response of await Promise.all([...both, theirs])) expect(lines(await response.text())).toHaveLength(1)
  })

  // The last test of the file: it closes the server.
  it('says that the gateway stops, and where to go on', async () => {
    times = [T0]
    let begun = () => {}
    const second = new Promise<void>((resolve) => {
      begun = resolve
    })
    before = ({ after, signal }) =>
      after === null
        ? Promise.resolve()
        : new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
            begun()
          })
    const asked = raw(RANGE)
    await second
    const closed = gateway.app.close()
    const { body, broke } = await asked
    expect(broke).toBe(true)
    expect(lines(body.toString('utf8')).at(-1)).toMatchObject({ error: { code: 'GOING_AWAY', after: `${T0}` } })
    await closed
  })
})

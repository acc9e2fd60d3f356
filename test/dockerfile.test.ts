import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../config.js'
import { packageRoot } from '../package-root.js'

/* The Dockerfile, held against the package: no container engine runs here. */

const root = packageRoot()
const lines = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .replaceAll(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ verb: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }))
const last = lines.slice(lines.findLastIndex(({ verb }) => verb === 'FROM'))
const of = (verb: string, among = lines) => among.filter((line) => line.verb === verb).map(({ rest }) => rest)

/** Patterns of .dockerignore, as far as ours go. */
const ignored = readFileSync(join(root, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

describe('Dockerfile', () => {
  it('copies what is there and not left out of the build', () => {
    const sources = of('COPY')
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(' ').slice(0, -1))
    expect(sources).toContain('package-lock.json')
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true)
      expect(ignored).not.toContain(source)
    }
  })

  it('copies what the program reads beside its own code', () => {
    const copied = of('COPY', last).map((rest) => rest.split(' ').at(-2))
    // Every `join(packageRoot(), …)` of what a role runs; `dist` comes from the build.
    expect(copied).toEqual(
      expect.arrayContaining([
        'sql',
        'prisma/migrations',
        '/opt/tocsin/dist',
        '/opt/tocsin/node_modules',
        'deploy/healthcheck.mjs',
      ]),
    )
    expect(of('COPY', last).join(' ')).toContain('package.json tocsin.cjs')
  })

  it('ends as another user than root, who owns the data directory', () => {
    const users = of('USER', last)
    expect(users).toEqual(['node'])
    expect(of('RUN', last).join()).toContain('-o node -g node -m 0700 /var/lib/tocsin')
    const after = last.slice(last.findIndex(({ verb }) => verb === 'USER'))
    expect(after.map(({ verb }) => verb)).not.toContain('RUN')
  })

  it('starts the program, on every address, and asks it for its health', () => {
    const [entry = ''] = of('ENTRYPOINT', last)
    expect(JSON.parse(entry)).toEqual(['node', 'tocsin.cjs'])
    const environment = Object.fromEntries(
      of('ENV', last).flatMap((rest) => rest.split(/\s+/).map((pair) => pair.split('=') as [string, string])),
    )
    expect(readConfig(environment)).toMatchObject({
      TOCSIN_DATA_DIR: '/var/lib/tocsin',
      TOCSIN_GATEWAY_HOST: '0.0.0.0',
      TOCSIN_INGEST_HOST: '0.0.0.0',
    })
    const { TOCSIN_GATEWAY_PORT, TOCSIN_INGEST_PORT } = readConfig({})
    expect(of('EXPOSE', last)).toEqual([`${TOCSIN_GATEWAY_PORT} ${TOCSIN_INGEST_PORT}`])
    expect(of('HEALTHCHECK', last)[0]).toMatch(/CMD \["node", "deploy\/healthcheck\.mjs", "all"\]$/)
  })

  it('stands on a Node that the package allows, and leaves out what only builds', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } }
    const [, major] = /^node:(\d+)-bookworm-slim/.exec(of('FROM')[0] ?? '') ?? []
    expect(engines.node).toMatch(new RegExp(`^>=${major}\\.`))
    expect(of('RUN').some((rest) => /^npm install --omit=dev /.test(rest))).toBe(true)
    expect(of('COPY', last).filter((rest) => rest.includes('node_modules'))).toEqual([
      '--from=dependencies /opt/tocsin/node_modules ./node_modules',
    ])
  })
})

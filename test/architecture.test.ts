import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../package-root.js'

/*
 * The house's import table: which room may speak of which. A role knows the domain and the ports, never another role or
 * an adapter; the domain and the query languages do no I/O and read no clock.
 */

const root = packageRoot()
const DOMAIN = ['schema/domain']
const PORTS = [...DOMAIN, 'schema/ports', 'schema/ports.ts']

type Row = readonly [room: string, may: readonly string[]]

/** Rooms, most special first, and what each may import beside itself. */
const TABLE: readonly Row[] = [
  ['schema/domain', []],
  ['schema/ports.ts', PORTS],
  ['schema/ports', PORTS],
  ['schema/graphql', PORTS],
  ['query', DOMAIN],
  ['gateway', [...PORTS, 'schema/graphql', 'query']],
  ['ingest', [...PORTS, 'package-root.ts']],
  ['evaluator', [...PORTS, 'query']],
  ['notifier', PORTS],
  ['prisma', [...PORTS, 'sql', 'package-root.ts']],
  ['sql', [...PORTS, 'query', 'package-root.ts']],
  ['queue', PORTS],
  ['embedded', [...PORTS, 'sql', 'package-root.ts']],
  ['config.ts', DOMAIN],
  ['package-root.ts', []],
  ['client', []],
]
/** Rooms that wire, try or measure, and may import anything. */
const FREE = ['main.ts', 'composition', 'cli', 'bench', 'test', 'vitest.config.ts', 'prisma.config.ts']

/** Packages that a pure room may import. */
const PURE_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'schema/domain': ['zod'],
  query: ['zod', 'node:buffer', '@lezer/common', '@lezer/lr', '@prometheus-io/lezer-promql', '@grafana/lezer-logql'],
}

const SKIPPED = new Set(['node_modules', 'dist', 'generated', '.git'])

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || entry.name.startsWith('.') ? [] : sources(path)
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [relative(root, path)] : []
  })
}

const IMPORT =
  /^\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|^import\s+['"]([^'"]+)['"]/gm

interface Import {
  readonly from: string
  /** A file of ours, or a package. */
  readonly to: string
  readonly ours: boolean
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(IMPORT)].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? ''
    if (!name.startsWith('.')) return { from: file, to: name, ours: false }
    return { from: file, to: normalize(join(dirname(file), name)).replace(/\.js$/, '.ts'), ours: true }
  })
}

const within = (file: string, room: string) => file === room || file.startsWith(`${room}/`)
const roomOf = (file: string) => TABLE.find(([room]) => within(file, room))

const files = sources(root)
const imports = files.flatMap(importsOf)

describe('the import table', () => {
  it('knows every room', () => {
    const homeless = files.filter((file) => roomOf(file) === undefined && !FREE.some((room) => within(file, room)))
    expect(homeless).toEqual([])
  })

  it('is kept by every import', () => {
    const broken = imports.filter(({ from, to, ours }) => {
      const row = roomOf(from)
      if (row === undefined || !ours) return false
      const [room, may] = row
      return !within(to, room) && !may.some((other) => within(to, other))
    })
    expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  it('keeps the domain and the languages pure', () => {
    const impure = imports.filter(({ from, to, ours }) => {
      const pure = Object.entries(PURE_PACKAGES).find(([room]) => within(from, room))
      return pure !== undefined && !ours && !pure[1].includes(to)
    })
    expect(impure.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
    const clocks = files
      .filter((file) => Object.keys(PURE_PACKAGES).some((room) => within(file, room)))
      .filter((file) =>
        /\bDate\.now\(|new Date\(\)|Math\.random\(|process\.|fetch\(/.test(readFileSync(join(root, file), 'utf8')),
      )
    expect(clocks).toEqual([])
  })

  it('finds the environment read in one place', () => {
    const readers = files
      .filter((file) => !FREE.some((room) => within(file, room)) || within(file, 'composition') || file === 'main.ts')
      .filter((file) =>
        /process\.env\b/.test(readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')),
      )
    expect(readers).toEqual(['config.ts'])
  })

  it('has no cycles', () => {
    const graph = new Map<string, string[]>()
    for (const { from, to, ours } of imports) if (ours) graph.set(from, [...(graph.get(from) ?? []), to])
    const done = new Set<string>()
    const cycles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
        return
      }
      if (done.has(file)) return
      for (const next of graph.get(file) ?? []) visit(next, [...path, file])
      done.add(file)
    }
    for (const file of graph.keys()) visit(file, [])
    expect(cycles).toEqual([])
  })

  it('names real packages or parts of Node', () => {
    const declared = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >
    const known = new Set([...Object.keys(declared.dependencies ?? {}), ...Object.keys(declared.devDependencies ?? {})])
    const packageOf = (name: string) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/')
    const unknown = imports.filter(
      ({ to, ours }) => !ours && !to.startsWith('node:') && !builtinModules.includes(to) && !known.has(packageOf(to)),
    )
    expect(unknown.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })
})

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll } from 'vitest'
import { packageRoot } from '../../package-root.js'

/** A program of `test/harness/programs` that runs as a process of its own. */
export interface RunningProgram {
  readonly process: ChildProcess
  /** The next line it says that has the field. Fails when it ends first. */
  heard<Line extends object>(field: string): Promise<Line>
  /** Every line so far, parsed. */
  readonly lines: readonly Record<string, unknown>[]
  /** Its last lines are read and it has ended, in whatever way. */
  readonly ended: Promise<void>
}

/** Compiles a program for the tests of a file (0.5 s), since Node runs no TypeScript, and runs it as often as asked. */
export function useProgram(name: string) {
  let folder = ''
  beforeAll(() => {
    const root = packageRoot()
    // Ignored by git, the linter and the compiler; within the package, so that its modules are found.
    folder = mkdtempSync(join(root, '.tocsin-test-'))
    const compilerOptions = { rootDir: root, outDir: folder, noCheck: true, sourceMap: false }
    const files = [join(root, 'test', 'harness', 'programs', `${name}.ts`)]
    const config = join(folder, 'tsconfig.json')
    writeFileSync(config, JSON.stringify({ extends: '../tsconfig.json', compilerOptions, files, include: [] }))
    execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config])
    // Readable for the other users that tests run it as.
    execFileSync('chmod', ['-R', 'a+rX', folder])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (args: readonly string[], options: { uid?: number; gid?: number; cwd?: string } = {}): RunningProgram => {
    const path = join(folder, 'test', 'harness', 'programs', `${name}.js`)
    const child = spawn(process.execPath, [path, ...args], { ...options, stdio: ['pipe', 'pipe', 'inherit'] })
    const lines: Record<string, unknown>[] = []
    const reader = createInterface({ input: child.stdout })
    reader.on('line', (line) => lines.push(JSON.parse(line)))
    let over = false
    const ended = once(child, 'close').then(() => {
      over = true
      reader.emit('line-or-end')
    })
    reader.on('line', () => reader.emit('line-or-end'))
    let read = 0
    return {
      process: child,
      lines,
      ended,
      async heard<Line extends object>(field: string): Promise<Line> {
        for (;;) {
          while (read < lines.length) {
            const line = lines[read++]
            if (line && field in line) return line as Line
          }
          if (over) throw new Error(`${name} ended without saying ${field}; it said ${JSON.stringify(lines.slice(-3))}`)
          await once(reader, 'line-or-end')
        }
      },
    }
  }
}

import { execFileSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../package-root.js'

/**
 * Compiles a module and what it imports into an empty folder, as the build would: worker threads run compiled code only.
 * Returns the compiled file.
 */
export function compileInto(folder: string, module: string): string {
  const root = packageRoot()
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { outDir: folder, rootDir: root, typeRoots: [join(root, 'node_modules/@types')] },
    files: [join(root, module)],
    include: [],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { stdio: 'pipe' })
  return join(folder, module.replace(/\.ts$/, '.js'))
}

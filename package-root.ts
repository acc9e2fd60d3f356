import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The folder that holds our package.json, found upwards from this file: the same whether this file runs from its
 * source or compiled from `dist/`. Files that are not compiled (migrations, SQL) are read relative to it.
 *
 * @throws Error when no folder above holds one, which means the package was taken apart.
 */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) throw new Error(`No package.json stands above ${import.meta.dirname}.`)
  }
}

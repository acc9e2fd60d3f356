#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { commandOf } from './cli/commands.js'
import { settingsText } from './cli/settings-page.js'
import { openDatabases } from './composition/databases.js'
import { announce, firstStart } from './composition/first-start.js'
import { createLog } from './composition/log.js'
import { createParts } from './composition/parts.js'
import { ROLES, type Role, startRoles } from './composition/roles.js'
import { createStops } from './composition/stops.js'
import { type Config, processConfig, readConfig } from './config.js'
import { packageRoot } from './package-root.js'
import { StartError } from './schema/domain/errors.js'

const HELP = `Usage: tocsin [--role gateway|ingest|evaluator|notifier|all]
       tocsin dead-letters list|show|replay   (dead-letters --help says more)

Tocsin takes signed telemetry, judges it, and pages people. Without settings it runs on stores of its own under .tocsin/.

  --role ROLE   which part runs in this process; all (the default) runs everything. A single role needs DATABASE_URL,
                CLICKHOUSE_URL and TOCSIN_MASTER_KEY, since its fellows must see the same stores.
  --settings    lists the environment variables, what they mean and what they take
  --version     the version
  --help        this text`

/** Runs until a signal; the exit status is 0 after an orderly stop. */
async function main(): Promise<number> {
  const command = commandOf(process.argv.slice(2))
  if (command !== null) return command()
  const { values } = readArguments()
  if (values.help === true) {
    console.log(HELP)
    return 0
  }
  if (values.version === true) {
    console.log(version())
    return 0
  }
  if (values.settings === true) {
    console.log(settingsText(readConfig({})))
    return 0
  }
  const roles = rolesOf(values.role ?? 'all')
  const config = processConfig()
  requireServers(roles, config)
  const log = createLog({ level: config.TOCSIN_LOG_LEVEL, pretty: config.TOCSIN_LOG_PRETTY })
  const stops = createStops(log)
  const stopped = untilSignal()
  try {
    const databases = await openDatabases(config, log, stops)
    const parts = createParts(config, databases, log, stops)
    const { isFirst } = await firstStart(config, parts)
    const listening = await startRoles(roles, config, databases, parts, log, stops)
    announce(config, listening, isFirst)
    log.info({ ...listening, roles: [...roles] }, 'ready')
    const cause = await Promise.race([stopped, databases.lost])
    if (cause instanceof Error) {
      log.error({ error: cause.message }, 'an embedded store went by itself; Tocsin stops')
      return 1
    }
    log.info({ signal: cause }, 'stopping')
    return 0
  } finally {
    await stops.run()
    log.info({}, 'stopped')
  }
}

function version(): string {
  const { version: text } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    readonly version: string
  }
  return text
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        role: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        settings: { type: 'boolean' },
        version: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new StartError(
      'SETTING_INVALID',
      `${error instanceof Error ? error.message : error} (--help lists what there is)`,
    )
  }
}

function rolesOf(text: string): ReadonlySet<Role> {
  if (text === 'all') return new Set(ROLES)
  const role = ROLES.find((name) => name === text)
  if (role === undefined)
    throw new StartError('SETTING_INVALID', `--role is ${JSON.stringify(text)}; expected ${ROLES.join(', ')} or all.`)
  return new Set([role])
}

/** A single role on stores of its own would talk to nobody. */
function requireServers(roles: ReadonlySet<Role>, config: Config): void {
  if (roles.size === ROLES.length) return
  const missing = (['DATABASE_URL', 'CLICKHOUSE_URL', 'TOCSIN_MASTER_KEY'] as const).filter(
    (name) => config[name] === undefined,
  )
  if (missing.length > 0)
    throw new StartError(
      'SETTINGS_MISSING',
      `--role ${[...roles].join()} runs beside other processes and needs servers that they share; not set: ${missing.join(', ')}.`,
    )
}

/** Resolves with the first signal that asks to stop; a second one ends the process at once. */
function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve(signal)
        process.once(signal, () => process.exit(130))
      })
    }
  })
}

main().then(
  (status) => {
    process.exitCode = status
  },
  (error: unknown) => {
    // A mistake of the operator is one sentence; a fault of ours shows where it happened.
    if (error instanceof StartError) console.error(`tocsin: ${error.message}`)
    else console.error('tocsin: unexpected fault', error)
    process.exitCode = 1
  },
)

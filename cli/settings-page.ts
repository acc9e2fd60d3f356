import { type Config, formatOf, settings } from '../config.js'
import { formatDuration } from '../schema/domain/duration.js'

type Name = keyof typeof settings
const NAMES = Object.keys(settings) as Name[]

/** The page of settings in `docs/`, from the table in `config.ts`: the two cannot drift apart. */
export function settingsPage(defaults: Config): string {
  const rows = NAMES.map((name) => {
    const value = shownDefault(name, defaults)
    const cell = value === null ? 'not set' : `\`${value}\``
    return `| \`${name}\` | ${cell} | ${formatOf(name).replaceAll('<', '&lt;')} | ${meaning(name).replaceAll('|', '\\|')} |`
  })
  return `# Settings

Tocsin is set by environment variables, read once at the start; without any it runs on embedded stores under \`.tocsin/\`.
Wrong values, and unknown names that begin with \`TOCSIN_\`, stop the start with a sentence for each. Durations are written
\`90s\`, \`5m\`, \`1h\`. An empty value counts as not set.

| variable | default | takes | meaning |
|---|---|---|---|
${rows.join('\n')}
`
}

/** The same for a terminal. */
export function settingsText(defaults: Config): string {
  return NAMES.map((name) => {
    const value = shownDefault(name, defaults)
    return `${name}=${value ?? ''}\n    ${meaning(name)}\n    Takes ${formatOf(name)}; ${value === null ? 'not set' : value} by default.`
  }).join('\n')
}

function meaning(name: Name): string {
  return settings[name].description ?? ''
}

/** Null where there is none. */
function shownDefault(name: Name, defaults: Config): string | null {
  const value = defaults[name]
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return null
  if (typeof value === 'number' && formatOf(name).startsWith('a duration')) return formatDuration(value)
  return String(value)
}

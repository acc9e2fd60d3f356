import { type Config, settings } from '../config.js'

/** The page of settings in `docs/`, from the table in `config.ts`: the two cannot drift apart. */
export function settingsPage(defaults: Config): string {
  const rows = Object.entries(settings).map(([name, schema]) => {
    const value = defaults[name as keyof Config]
    return `| \`${name}\` | ${shownDefault(value)} | ${(schema.description ?? '').replaceAll('|', '\\|')} |`
  })
  return `# Settings

Tocsin is set by environment variables, read once at the start; without any it runs on embedded stores under \`.tocsin/\`. A
wrong value, or an unknown name that begins with \`TOCSIN_\`, stops the start with a sentence that names it. Durations are
written \`90s\`, \`5m\`, \`1h\`; here they are shown in ms. An empty value counts as not set.

| variable | default | meaning |
|---|---|---|
${rows.join('\n')}
`
}

function shownDefault(value: unknown): string {
  if (value === undefined) return 'not set'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ')
  return `\`${String(value)}\``
}

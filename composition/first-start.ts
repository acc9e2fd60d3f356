import type { Config } from '../config.js'
import { apiTokenText, ingestKeyText } from '../gateway/auth/api-token-text.js'
import { hashPassword } from '../gateway/auth/password.js'
import { bootstrap } from '../prisma/stores/bootstrap.js'
import { credentialsPath, readCredentials, writeCredentials } from './credentials-file.js'
import type { Parts } from './parts.js'
import type { Listening } from './roles.js'

/** At the first start on empty stores: makes an org and its owner, and leaves the credentials in the data directory. */
export async function firstStart(config: Config, parts: Parts): Promise<{ readonly isFirst: boolean }> {
  const made = await bootstrap({
    database: parts.database(),
    sealer: parts.sealer,
    clock: parts.clock,
    random: parts.random,
    ownerEmail: config.TOCSIN_OWNER_EMAIL,
    secrets: { hashPassword, apiTokenText, ingestKeyText },
    keep: (credentials) =>
      writeCredentials(credentialsPath(config.TOCSIN_DATA_DIR), {
        graphqlUrl: graphqlUrl(`http://${config.TOCSIN_GATEWAY_HOST}:${config.TOCSIN_GATEWAY_PORT}`),
        ingestUrl: `http://${config.TOCSIN_INGEST_HOST}:${config.TOCSIN_INGEST_PORT}`,
        ...credentials,
      }),
  })
  return { isFirst: made !== null }
}

function graphqlUrl(gatewayUrl: string): string {
  return new URL('/graphql', gatewayUrl).href
}

/**
 * Notes the addresses that were taken in `bootstrap.json`, and says on standard output where Tocsin listens and, after a
 * first start, how to begin. The password and the keys stay in the file.
 */
export function announce(config: Config, listening: Listening, isFirst: boolean): void {
  const path = credentialsPath(config.TOCSIN_DATA_DIR)
  const credentials = readCredentials(path)
  if (credentials !== null)
    writeCredentials(path, {
      ...credentials,
      graphqlUrl: listening.gatewayUrl === null ? credentials.graphqlUrl : graphqlUrl(listening.gatewayUrl),
      ingestUrl: listening.ingestUrl ?? credentials.ingestUrl,
    })
  // Machines read JSON lines; people at a terminal, or who asked for readable logs, get a greeting.
  if (!process.stdout.isTTY && !config.TOCSIN_LOG_PRETTY) return
  console.log(greeting(listening, path, isFirst))
}

function greeting(listening: Listening, path: string, isFirst: boolean): string {
  const lines = ['']
  if (listening.gatewayUrl !== null) lines.push(`  GraphQL  ${graphqlUrl(listening.gatewayUrl)}`)
  if (listening.ingestUrl !== null) lines.push(`  Ingest   ${listening.ingestUrl}`)
  if (isFirst) lines.push(...firstSteps(listening, path))
  lines.push('')
  return lines.join('\n')
}

function firstSteps(listening: Listening, path: string): string[] {
  return [
    '',
    `  First start: an owner, an API token and two ingest keys were made; they are in ${path}.`,
    '  Sign in through GraphQL with',
    '    mutation { sessionCreate(input: { email: "…", password: "…" }) { session { accessToken } userErrors { message } } }',
    '  or send the API token as "authorization: Bearer toc_…".',
    '  Send a first signed log line (scheme CANONICAL):',
    '',
    ...curlLines(listening.ingestUrl ?? 'http://127.0.0.1:4318', path).map((line) => `    ${line}`),
  ]
}

/** The commands that send one signed log line, for a POSIX shell with node, openssl and curl. */
export function curlLines(ingestUrl: string, path: string): string[] {
  return [
    `B='${path}'; get() { node -p "JSON.parse(require('fs').readFileSync('$B')).ingestKey.$1"; }`,
    `BODY='{"logs":[{"service":"shell","level":"info","message":"hello"}]}'; NOW=$(date +%s000)`,
    `HASH=$(printf %s "$BODY" | openssl dgst -sha256 -r | cut -d' ' -f1)`,
    `SIGN=$(printf 'v1\\nPOST\\n/v1/logs\\n%s\\n\\n\\n%s' "$NOW" "$HASH" | openssl dgst -sha256 -r -hmac "$(get secret)" | cut -d' ' -f1)`,
    `curl -sS ${ingestUrl}/v1/logs -H 'content-type: application/json' -H "x-org-key: $(get key)" -H "x-timestamp: $NOW" -H "x-signature: sha256=$SIGN" -d "$BODY"`,
  ]
}

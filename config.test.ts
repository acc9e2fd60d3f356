import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { settingsPage } from './cli/settings-page.js'
import { readConfig } from './config.js'
import { packageRoot } from './package-root.js'
import { StartError } from './schema/domain/errors.js'

function refusal(environment: Record<string, string>): string {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof StartError && error.code === 'SETTING_INVALID') return error.message
    throw error
  }
  return 'accepted'
}

describe('readConfig', () => {
  it('has a default for all that can have one, and is frozen', () => {
    const config = readConfig({})
    expect(config).toMatchObject({
      TOCSIN_DATA_DIR: '.tocsin',
      TOCSIN_GATEWAY_PORT: 4000,
      TOCSIN_INGEST_PORT: 4318,
      TOCSIN_GRACE: 3_000,
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('reads what is given, and leaves other variables alone', () => {
    const config = readConfig({
      HOME: '/x',
      TOCSIN_GRACE: '1m',
      TOCSIN_WEBHOOK_ALLOW: 'a.example, 10.0.0.0/8',
      DATABASE_URL: '',
    })
    expect(config.TOCSIN_GRACE).toBe(60_000)
    expect(config.TOCSIN_WEBHOOK_ALLOW).toEqual(['a.example', '10.0.0.0/8'])
    expect(config.DATABASE_URL).toBeUndefined()
  })

  it.each([
    [
      'a port out of range',
      { TOCSIN_GATEWAY_PORT: '99999' },
      /^TOCSIN_GATEWAY_PORT is "99999": expected a port from 0 to 65535\.$/,
    ],
    ['a port that is a word', { TOCSIN_INGEST_PORT: 'http' }, /^TOCSIN_INGEST_PORT is "http": /],
    ['a duration without a unit', { TOCSIN_GRACE: '3' }, /^TOCSIN_GRACE is "3": expected a duration such as 3s/],
    [
      'a wrong protocol',
      { CLICKHOUSE_URL: 'tcp://host' },
      /^CLICKHOUSE_URL is \[not shown.*expected a URL beginning with http:\/\//,
    ],
    [
      'a database of Redis by a name',
      { REDIS_URL: 'redis://:secret@host/queue' },
      /^REDIS_URL is \[not shown.*expected a URL such as redis:\/\/user:password@host:6379\/0/,
    ],
    [
      'a database of a cluster',
      { REDIS_URL: 'redis://one:6379/2,redis://two:6379/2' },
      /^REDIS_URL is .*without a database\.$/,
    ],
    ['a short key', { TOCSIN_MASTER_KEY: 'abc' }, /^TOCSIN_MASTER_KEY is \[not shown.*64 hexadecimal digits/],
    ['a level that is none', { TOCSIN_LOG_LEVEL: 'loud' }, /^TOCSIN_LOG_LEVEL is "loud": /],
    [
      'a proxy by its name',
      { TOCSIN_TRUSTED_PROXIES: '10.0.0.1, proxy' },
      /^TOCSIN_TRUSTED_PROXIES is .*expected addresses/,
    ],
    ['no requests at all', { TOCSIN_INGEST_REQUESTS_PER_MINUTE: '0' }, /^TOCSIN_INGEST_REQUESTS_PER_MINUTE is "0": /],
    ['more memory than there is', { TOCSIN_INGEST_QUEUE_MEMORY: '1.5' }, /^TOCSIN_INGEST_QUEUE_MEMORY is "1.5": /],
    ['no lag at all', { TOCSIN_INGEST_QUEUE_LAG: '0s' }, /^TOCSIN_INGEST_QUEUE_LAG is "0s": expected more than 0/],
    [
      'a misspelt name',
      { TOCSIN_DATADIR: '/x' },
      /^TOCSIN_DATADIR is no setting of Tocsin; did you mean TOCSIN_DATA_DIR\?$/,
    ],
    ['a name like no other', { TOCSIN_X: '1' }, /^TOCSIN_X is no setting of Tocsin; --settings lists/],
    [
      'an address gone wrong',
      { TOCSIN_WEBHOOK_ALLOW: 'hooks.internal, 10.0.0.300' },
      /^TOCSIN_WEBHOOK_ALLOW is .*expected/,
    ],
    ['a URL for a host', { TOCSIN_WEBHOOK_ALLOW: 'http://hooks' }, /^TOCSIN_WEBHOOK_ALLOW is .*expected addresses/],
    [
      'a sender without an address',
      { TOCSIN_MAIL_FROM: 'Tocsin' },
      /^TOCSIN_MAIL_FROM is "Tocsin": expected an address/,
    ],
    [
      'a page that is no URL, and shows it',
      { TOCSIN_PUBLIC_URL: 'tocsin' },
      /^TOCSIN_PUBLIC_URL is "tocsin": expected a URL/,
    ],
    [
      'an incident before the blindness it is about',
      { TOCSIN_BLIND_INCIDENT_AFTER: '10s' },
      /^TOCSIN_BLIND_INCIDENT_AFTER is 10s: expected no less than TOCSIN_BLIND_AFTER, which is 30s\.$/,
    ],
  ])('refuses %s with a sentence', (_, environment, sentence) => {
    expect(refusal(environment as Record<string, string>)).toMatch(sentence)
  })

  it('tells all that is wrong at once', () => {
    expect(refusal({ TOCSIN_GATEWAY_PORT: 'x', TOCSIN_GRACE: '3', TOCSIN_GRASE: '3s' }).split('\n')).toEqual([
      '3 settings are wrong.',
      '  TOCSIN_GRASE is no setting of Tocsin; did you mean TOCSIN_GRACE?',
      '  TOCSIN_GATEWAY_PORT is "x": expected a port from 0 to 65535.',
      '  TOCSIN_GRACE is "3": expected a duration such as 3s, 5m or 1h.',
    ])
  })

  it.each(['10.0.0.1', 'fd00::/8', 'hooks', 'a_b.internal'])('lets webhooks reach %s', (entry) =>
    expect(readConfig({ TOCSIN_WEBHOOK_ALLOW: entry }).TOCSIN_WEBHOOK_ALLOW).toEqual([entry]),
  )

  it.each(['ops@example.com', 'Tocsin <ops@example.com>'])('sends mail from %s', (sender) =>
    expect(readConfig({ TOCSIN_MAIL_FROM: sender }).TOCSIN_MAIL_FROM).toBe(sender),
  )

  it('shows no value that can be a secret', () => {
    for (const name of ['DATABASE_URL', 'CLICKHOUSE_URL', 'TOCSIN_SMTP_URL', 'TOCSIN_MASTER_KEY'])
      expect(refusal({ [name]: 'ftp://user:hunter2@host' })).not.toContain('hunter2')
  })
})

it('is what the page of settings says', async () => {
  await expect(settingsPage(readConfig({}))).toMatchFileSnapshot(join(packageRoot(), 'docs', 'settings.md'))
})

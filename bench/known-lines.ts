import { SCRUB_KINDS, type ScrubKind } from '../schema/domain/scrub.js'
import { DIGITS, type Dice, diceOf, ENTITIES, HEX, type KnownLine } from './known-entities.js'

/** Where entities stand in lines; `§` is the entity's place. */
const PLACES = [
  'customer § asked for a refund',
  'could not reach §',
  'forwarded to § after 3 attempts in 120 ms',
  'request finished user=42 detail=§ status=200',
  'field value "§" is not allowed here',
  '{"event":"checkout","detail":"§","ms":17}',
  'retry (§) scheduled',
  'see §, then try again.',
  'the answer was §.',
  '<§> refused',
  '2026-11-21T03:20:15.123Z INFO [worker-3] handled § in 0.25s',
  '§ joined',
]

/** The same for values that only their name gives away. */
const NAMED = [
  'login failed for bob password=§',
  'connect with password: § now',
  '{"user":"bob","password":"§"}',
  'body {\\"client_secret\\":\\"§\\"} sent',
  'GET /callback?state=1&access_token=§',
  'Authorization: Bearer §',
  'x-api-key: §',
  'db_password="§" host=db1',
  "PGPASSWORD='§' psql",
  'refreshToken=§, scope=all',
  'secret=§',
]

/** Lines that hold none of what is looked for, though much that looks a little like it. */
const DECOYS: readonly ((dice: Dice) => string)[] = [
  ({ below }) => `tick at ${1_700_000_000 + below(90_000_000)}`,
  ({ below }) =>
    `received ${1_700_000_000_000 + below(90_000_000_000)} sent ${1_700_000_000_000 + below(90_000_000_000)}`,
  ({ below, text }) => `at ${1_700_000_000 + below(90_000_000)}${text(9, DIGITS)} ns`,
  ({ text }) => `request ${text(8, HEX)}-${text(4, HEX)}-4${text(3, HEX)}-a${text(3, HEX)}-${text(12, HEX)} done`,
  ({ text }) =>
    `request ${text(8, DIGITS)}-${text(4, DIGITS)}-4${text(3, DIGITS)}-8${text(3, DIGITS)}-${text(12, DIGITS)} done`,
  ({ text }) => `trace ${text(32, HEX)} span ${text(16, HEX)}`,
  ({ text }) => `commit ${text(40, HEX)}`,
  ({ text }) => `order 10${text(8, DIGITS)} shipped`,
  ({ text }) => `transaction id ${text(16, DIGITS)} committed`,
  ({ text, below }) => `block blk_-${text(18, DIGITS)} size ${below(1e8)}`,
  ({ below }) => `release ${below(20)}.${below(100)}.${below(1000)} of 2026-${10 + below(3)}-${10 + below(18)}`,
  ({ below }) => `date ${10 + below(18)}-${10 + below(3)}-2026 ${10 + below(13)}:${10 + below(49)}:${10 + below(49)}`,
  ({ below }) => `took ${below(10_000)}ms, ${below(100)}.${below(10_000_000)}s in all`,
  ({ text }) => `isbn 978-3-16-${text(6, DIGITS)}-${text(1, DIGITS)}`,
  ({ text }) =>
    `nic ${text(2, HEX)}:${text(2, HEX)}:${text(2, HEX)}:${text(2, HEX)}:${text(2, HEX)}:${text(2, HEX)} up`,
  ({ below }) => `GET /assets/logo@${1 + below(3)}x.png 200`,
  ({ below }) => `installed @scope/package@${below(9)}.${below(30)}.${below(9)}`,
  ({ below }) => `Started getty@tty${below(9)}.service.`,
  () => 'git@code.example.com:team/repo.git cloned',
  () => 'root@localhost ran crond[1234]',
  () => 'password reset was asked for',
  () => 'Failed password for invalid user admin from db1 port 22 ssh2',
  () => 'token expired; secret rotation due',
  ({ below }) => `prompt_tokens=${below(4000)} max_tokens=${below(4000)} token_type=text`,
  () => 'invalid password: incorrect for user 17',
  ({ below }) => `std::vector<int>::at(${below(99)}) out of range`,
  ({ text }) => `etag "${text(32, HEX)}" cache-key ${text(12, HEX)}`,
  ({ below }) => `oid 1.3.6.1.4.1.${below(9000)}.${below(90)} is not supported`,
  ({ below }) => `lat ${below(90)}.${below(1_000_000)} lon -${below(180)}.${below(1_000_000)}`,
  ({ below }) => `bytes ${below(100)} ${below(100)} ${below(100)} ${below(100)} of ${below(9_000_000)}`,
  ({ below }) => `exit status ${below(255)} after ${below(200)}/${below(200)}/${below(200)} checks`,
  ({ text }) => `pod checkout-${text(9, HEX)}-${text(5, 'bcdfghjklmnpqrstvwxz2456789')} evicted`,
  ({ text, below }) => `SELECT id FROM orders WHERE id = ${text(11, DIGITS)} LIMIT ${below(500)}`,
  ({ below }) => `+${below(12)}00 timezone, +${below(900)} rows, ${below(100)}+${below(100)} of quota`,
]

/** Entities of a run. */
export const ENTITIES_PER_RUN = 2_000

/** Lines of one run: the entities, every kind as often, and as many lines without any. */
export function knownLines(seed: number): KnownLine[] {
  const dice = diceOf(seed)
  const lines: KnownLine[] = []
  for (let i = 0; i < ENTITIES_PER_RUN; i++) {
    const kind = SCRUB_KINDS[i % SCRUB_KINDS.length] as ScrubKind
    const entity = ENTITIES[kind](dice)
    const place = dice.pick(kind === 'secret' ? NAMED : PLACES)
    const from = place.indexOf('§')
    const text = place.slice(0, from) + entity + place.slice(from + 1)
    lines.push({ text, entity: { kind, from, to: from + entity.length } })
    lines.push({ text: dice.pick(DECOYS)(dice), entity: null })
  }
  return lines
}

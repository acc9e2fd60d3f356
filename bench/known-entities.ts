import { createHmac } from 'node:crypto'
import type { ScrubKind } from '../schema/domain/scrub.js'

/*
 * Text with known entities in it, for the figures of the scrubber. Forms are written down here anew, from what issuers
 * and vendors publish, and take nothing from the detectors they judge.
 */

/** A line, and the one entity in it; null for a line that holds none. */
export interface KnownLine {
  readonly text: string
  readonly entity: { readonly kind: ScrubKind; readonly from: number; readonly to: number } | null
}

/** Numbers from 0 to below 1 and choices that a seed decides. */
export interface Dice {
  readonly below: (count: number) => number
  readonly pick: <Item>(from: readonly Item[]) => Item
  readonly text: (length: number, alphabet: string) => string
}

/** SHA-256 in counter mode: slow, and without the patterns of small generators. */
export function diceOf(seed: number): Dice {
  let block = Buffer.alloc(0)
  let counter = 0
  let at = 0
  const below = (count: number) => {
    if (at + 4 > block.length) {
      block = createHmac('sha256', `known ${seed}`).update(String(counter++)).digest()
      at = 0
    }
    at += 4
    return Math.floor((block.readUInt32LE(at - 4) / 2 ** 32) * count)
  }
  return {
    below,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
    text: (length, alphabet) => Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join(''),
  }
}

export const DIGITS = '0123456789'
const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const UPPER = LOWER.toUpperCase()
export const HEX = '0123456789abcdef'
const BASE62 = DIGITS + LOWER + UPPER
const BASE64URL = `${BASE62}-_`

const NAMES = 'ana bob chen.wei dora-lee erik.olsen fatima.al.sayed g.rossi henry_ford j.o.neill maria zoe99'.split(' ')
const HOSTS =
  'example.com mail.example.org corp.example.co.uk x1.example.io büro.example.de example.museum a-b.example.fr'.split(
    ' ',
  )

/** Makes an entity of a kind. */
export const ENTITIES: Readonly<Record<ScrubKind, (dice: Dice) => string>> = {
  email: ({ pick, below }) => {
    const address = `${pick(NAMES)}${pick(['', `+tag${below(90)}`, String(below(2000))])}@${pick(HOSTS)}`
    return below(8) === 0 ? address.toUpperCase() : address
  },
  card: (dice) => {
    const [prefix, length] = dice.pick(CARDS)
    const open = prefix + dice.text(length - prefix.length - 1, DIGITS)
    const number = open + luhnDigit(open)
    const separator = dice.pick(['', '', ' ', '-'])
    if (separator === '') return number
    const groups = length === 16 ? /(.{4})(.{4})(.{4})(.+)/ : length === 15 ? /(.{4})(.{6})(.+)/ : /(.{4})(.{6})(.+)/
    return (groups.exec(number) ?? []).slice(1).join(separator)
  },
  ssn: ({ below }) => {
    const area = [1 + below(665), 667 + below(233)][below(2)]
    return `${String(area).padStart(3, '0')}-${String(1 + below(99)).padStart(2, '0')}-${String(1 + below(9_999)).padStart(4, '0')}`
  },
  phone: (dice) => dice.pick(PHONES)(dice),
  iban: (dice) => {
    const [country, form] = dice.pick(IBANS)
    const bban = [...form].map((mark) => dice.text(1, mark === 'A' ? UPPER : DIGITS)).join('')
    const digits = [...`${bban}${country}00`].map((mark) => Number.parseInt(mark, 36)).join('')
    const iban = `${country}${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${bban}`
    return dice.below(2) === 0 ? iban : (iban.match(/.{1,4}/g) ?? []).join(' ')
  },
  ipv4: ({ below }) => `${1 + below(223)}.${below(256)}.${below(256)}.${1 + below(254)}`,
  ipv6: (dice) => {
    const group = () => dice.text(1 + dice.below(4), HEX).replace(/^0+(?=.)/, '')
    const full = ['2001', ...Array.from({ length: 7 }, group)]
    return dice.pick([
      full.join(':'),
      `2001:db8::${group()}`,
      `fe80::${group()}:${group()}`,
      `2a02:${group()}:${group()}::${dice.below(9)}`,
    ])
  },
  api_key: (dice) => dice.pick(KEYS)(dice),
  jwt: (dice) => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const header = { alg: dice.pick(['HS256', 'RS256', 'ES256']), typ: 'JWT' }
    return `${part(header)}.${part({ sub: dice.text(10, DIGITS), iat: 1_700_000_000 })}.${dice.text(43, BASE64URL)}`
  },
  secret: (dice) => dice.text(8 + dice.below(24), `${BASE62}!#$%^*~`),
}

/** Beginnings and lengths of numbers of cards. */
const CARDS: readonly (readonly [string, number])[] = [
  ['4', 16],
  ['4', 16],
  ['51', 16],
  ['55', 16],
  ['2301', 16],
  ['34', 15],
  ['37', 15],
  ['36', 14],
  ['6011', 16],
  ['65', 16],
  ['3530', 16],
  ['6221', 16],
]

function luhnDigit(open: string): number {
  const sum = [...open].reverse().reduce((all, mark, i) => {
    const value = Number(mark) * (i % 2 === 0 ? 2 : 1)
    return all + Math.floor(value / 10) + (value % 10)
  }, 0)
  return (10 - (sum % 10)) % 10
}

/** Area codes and exchanges of North America. */
const area = ({ pick }: Dice) => pick(['212', '415', '646', '808', '907', '250', '555', '720'])

const PHONES: readonly ((dice: Dice) => string)[] = [
  (dice) => `(${area(dice)}) ${area(dice)}-${dice.text(4, DIGITS)}`,
  (dice) => `${area(dice)}-${area(dice)}-${dice.text(4, DIGITS)}`,
  (dice) => `${area(dice)}.${area(dice)}.${dice.text(4, DIGITS)}`,
  (dice) => `1-${area(dice)}-${area(dice)}-${dice.text(4, DIGITS)}`,
  (dice) => `+1${area(dice)}${area(dice)}${dice.text(4, DIGITS)}`,
  (dice) => `+1 ${area(dice)} ${area(dice)} ${dice.text(4, DIGITS)}`,
  (dice) => `+1 (${area(dice)}) ${area(dice)}-${dice.text(4, DIGITS)}`,
  (dice) => `+44 20 7${dice.text(3, DIGITS)} ${dice.text(4, DIGITS)}`,
  (dice) => `+49 151 ${dice.text(8, DIGITS)}`,
  (dice) => `+4915${dice.text(9, DIGITS)}`,
  (dice) => `+33 6 ${dice.text(2, DIGITS)} ${dice.text(2, DIGITS)} ${dice.text(2, DIGITS)} ${dice.text(2, DIGITS)}`,
  (dice) => `06 ${dice.text(2, DIGITS)} ${dice.text(2, DIGITS)} ${dice.text(2, DIGITS)} ${dice.text(2, DIGITS)}`,
  (dice) => `020 7${dice.text(3, DIGITS)} ${dice.text(4, DIGITS)}`,
  (dice) => `07${dice.text(3, DIGITS)} ${dice.text(6, DIGITS)}`,
  (dice) => `0151-${dice.text(8, DIGITS)}`,
  (dice) => `(030) ${dice.text(8, DIGITS)}`,
]

/** Countries, and the forms of what follows the check digits: A a capital, 0 a digit. */
const IBANS: readonly (readonly [string, string])[] = [
  ['DE', '0'.repeat(18)],
  ['FR', `${'0'.repeat(10)}AA00000000000`],
  ['GB', `AAAA${'0'.repeat(14)}`],
  ['NL', `AAAA${'0'.repeat(10)}`],
  ['ES', '0'.repeat(20)],
  ['CH', '0'.repeat(17)],
  ['NO', '0'.repeat(11)],
  ['PL', '0'.repeat(24)],
  ['MT', `AAAA${'0'.repeat(23)}`],
]

const KEYS: readonly ((dice: Dice) => string)[] = [
  ({ text }) => `AKIA${text(16, `${UPPER}234567`)}`,
  ({ text }) => `ASIA${text(16, `${UPPER}234567`)}`,
  ({ text, pick }) => `${pick(['ghp', 'gho', 'ghs'])}_${text(36, BASE62)}`,
  ({ text }) => `github_pat_${text(22, BASE62)}_${text(59, BASE62)}`,
  ({ text }) => `glpat-${text(20, BASE64URL)}`,
  ({ text }) => `xoxb-${text(12, DIGITS)}-${text(12, DIGITS)}-${text(24, BASE62)}`,
  ({ text, pick }) => `${pick(['sk_live', 'sk_test', 'rk_live'])}_${text(24, BASE62)}`,
  ({ text }) => `AIza${text(35, BASE64URL)}`,
  ({ text }) => `sk-proj-${text(48, BASE64URL)}`,
  ({ text }) => `sk-${text(48, BASE62)}`,
  ({ text }) => `sk-ant-api03-${text(90, BASE62)}`,
  ({ text }) => `SK${text(32, HEX)}`,
  ({ text }) => `SG.${text(22, BASE64URL)}.${text(43, BASE64URL)}`,
  ({ text }) => `npm_${text(36, BASE62)}`,
  ({ text }) => `hf_${text(34, LOWER + UPPER)}`,
  ({ text }) => `dop_v1_${text(64, HEX)}`,
  ({ text }) => `shpat_${text(32, HEX)}`,
  ({ text }) =>
    `-----BEGIN RSA PRIVATE KEY-----\n${text(64, BASE62)}\n${text(40, BASE62)}==\n-----END RSA PRIVATE KEY-----`,
  ({ text }) => `-----BEGIN OPENSSH PRIVATE KEY-----\\n${text(70, BASE62)}\\n-----END OPENSSH PRIVATE KEY-----`,
]

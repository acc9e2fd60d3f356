import { expect, it } from 'vitest'
import { nearestName } from './nearest-name.js'

const KNOWN = ['TOCSIN_GRACE', 'TOCSIN_DATA_DIR', 'TOCSIN_MAIL_FROM']

it.each([
  ['TOCSIN_GRASE', 'TOCSIN_GRACE'],
  ['TOCSIN_DATADIR', 'TOCSIN_DATA_DIR'],
  ['TOCSIN_MAILFROM', 'TOCSIN_MAIL_FROM'],
  ['TOCSIN_SOMETHING_ELSE', null],
])('%s means %s', (name, meant) => expect(nearestName(name, KNOWN)).toBe(meant))

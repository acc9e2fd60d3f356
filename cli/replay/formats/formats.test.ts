import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../../../package-root.js'
import { FORMATS } from '../formats.js'
import type { ReplayRecord } from '../record.js'

function read(format: string, line: string, more: readonly string[] = []): ReplayRecord | null {
  const found = FORMATS.get(format)
  if (found === undefined) throw new Error(`There is no format ${format}.`)
  expect(found.begins(line)).toBe(true)
  return found.read(line, more)
}

describe('a line of', () => {
  it('apache 2.2', () => {
    expect(read('apache', '[Sun Dec 04 04:47:44 2005] [error] mod_jk child init 1 -2')).toEqual({
      at: { ms: Date.UTC(2005, 11, 4, 4, 47, 44), ns: 0 },
      service: 'apache',
      level: 'error',
      message: 'mod_jk child init 1 -2',
      attributes: {},
    })
  })

  it('apache 2.4', () => {
    const line =
      '[Fri Sep 09 10:42:29.902022 2011] [core:crit] [pid 35708:tid 4328636416] [client 10.0.0.7:1234] no such file'
    expect(read('apache', line, ['and more'])).toEqual({
      at: { ms: Date.UTC(2011, 8, 9, 10, 42, 29, 902), ns: 22_000 },
      service: 'apache',
      level: 'fatal',
      message: 'no such file\nand more',
      attributes: { module: 'core', pid: 35708, tid: '4328636416', client: '10.0.0.7:1234' },
    })
  })

  it('combined', () => {
    const line =
      '10.0.0.9 - anna [10/Oct/2025:13:55:36 -0700] "GET /a\\"b HTTP/1.1" 502 2326 "https://x.example/" "Mozilla/5.0 (X)"'
    expect(read('combined', line)).toEqual({
      at: { ms: Date.UTC(2025, 9, 10, 20, 55, 36), ns: 0 },
      service: 'web',
      level: 'error',
      message: line,
      attributes: {
        ip: '10.0.0.9',
        user: 'anna',
        method: 'GET',
        path: '/a\\"b',
        http_version: '1.1',
        status: 502,
        bytes: 2326,
        referer: 'https://x.example/',
        user_agent: 'Mozilla/5.0 (X)',
      },
    })
  })

  it('common, with a request that is none', () => {
    expect(read('combined', '::1 - - [01/Jan/2026:00:00:00 +0000] "\\x16\\x03" 400 -')).toMatchObject({
      level: 'warn',
      attributes: { ip: '::1', request: '\\x16\\x03', status: 400 },
    })
  })

  it.each([
    [
      'Failed password for invalid user bob from 10.1.2.3 port 38926 ssh2',
      'warn',
      { user: 'bob', ip: '10.1.2.3', port: 38926 },
    ],
    ['Accepted password for eve from 2001:db8::1 port 22 ssh2', 'info', { user: 'eve', ip: '2001:db8::1', port: 22 }],
    ['Invalid user admin from 10.1.2.3', 'warn', { user: 'admin', ip: '10.1.2.3' }],
    ['error: Received disconnect from 10.1.2.3: 3: bye [preauth]', 'error', { ip: '10.1.2.3' }],
    ['Server listening on 0.0.0.0 port 22.', 'info', { port: 22 }],
  ])('openssh: %s', (text, level, fields) => {
    expect(read('openssh', `Dec 10 06:55:46 gate sshd[24200]: ${text}`)).toEqual({
      at: { ms: Date.UTC(2024, 11, 10, 6, 55, 46), ns: 0 },
      service: 'sshd',
      level,
      message: text,
      attributes: { host: 'gate', pid: 24200, ...fields },
    })
  })

  it('zookeeper', () => {
    const line = '2015-07-29 17:41:44,747 - WARN  [QuorumPeer[myid=1]/0:0:2181:FastLeaderElection@774] - Time out: 3200'
    expect(read('zookeeper', line, ['  at x'])).toEqual({
      at: { ms: Date.UTC(2015, 6, 29, 17, 41, 44, 747), ns: 0 },
      service: 'zookeeper',
      level: 'WARN',
      message: 'Time out: 3200\n  at x',
      attributes: { thread: 'QuorumPeer[myid=1]/0:0:2181', logger: 'FastLeaderElection', line: 774 },
    })
  })

  it('syslog of RFC 3164', () => {
    expect(read('syslog', '<34>Oct  1 22:14:15 mymachine su: failed for anna')).toEqual({
      at: { ms: Date.UTC(2024, 9, 1, 22, 14, 15), ns: 0 },
      service: 'su',
      level: 'fatal',
      message: 'failed for anna',
      attributes: { host: 'mymachine', facility: 4 },
    })
  })

  it('syslog of RFC 5424', () => {
    const line = '<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - [a@1 k="v\\]"][b@1 x="y"] It is time'
    expect(read('syslog', line)).toEqual({
      at: { ms: Date.UTC(2003, 7, 24, 12, 14, 15), ns: 3_000 },
      service: 'myproc',
      level: 'info',
      message: 'It is time',
      attributes: { host: '192.0.2.1', pid: 8710, facility: 20 },
    })
  })
})

it.each([...FORMATS.keys()].filter((name) => name !== 'jsonl'))(
  '%s begins no record with a line that is none',
  (name) => {
    for (const line of ['', '   at x.y(Z.java:1)', 'Traceback:', '[nothing]', '- - -'])
      expect(FORMATS.get(name)?.begins(line)).toBe(false)
  },
)

const data = resolve(packageRoot(), process.env.TOCSIN_TEST_DATA ?? '../shared/data', 'loghub')
describe.skipIf(!existsSync(data))('real files', () => {
  it.each([
    ['apache', 'Apache.log'],
    ['openssh', 'OpenSSH.log'],
    ['zookeeper', 'Zookeeper.log'],
    ['syslog', 'OpenSSH.log'],
  ])('%s reads every line of %s', (name, file) => {
    const format = FORMATS.get(name)
    const lines = readFileSync(join(data, file), 'utf8')
      .split(/\r?\n/)
      .filter((line) => line !== '')
    expect(lines.filter((line) => format?.begins(line) !== true || format.read(line, []) === null)).toEqual([])
  })
})

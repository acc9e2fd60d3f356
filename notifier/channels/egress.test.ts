import { describe, expect, it } from 'vitest'
import { createEgress, EgressRefusedError } from './egress.js'

/** What `net.connect` would be given for a name. */
function lookedUp(egress: ReturnType<typeof createEgress>, host: string, all = true): Promise<unknown> {
  return new Promise((resolve, reject) =>
    egress.lookup(host, { all }, (error, address) => (error === null ? resolve(address) : reject(error))),
  )
}

function answering(...addresses: string[]) {
  return async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}

describe('a name', () => {
  it('is refused when DNS leads inward', async () => {
    const egress = createEgress([], answering('10.1.2.3'))
    await expect(lookedUp(egress, 'inward.example')).rejects.toThrow(EgressRefusedError)
    await expect(lookedUp(egress, 'inward.example')).rejects.toThrow(
      'inward.example (10.1.2.3) is not an address of the public internet, and TOCSIN_WEBHOOK_ALLOW does not name it',
    )
  })

  it.each(['::ffff:127.0.0.1', '64:ff9b::a00:1', '2002:a9fe:a9fe::'])(
    'is refused when DNS hides it: %s',
    async (hidden) => {
      await expect(lookedUp(createEgress([], answering(hidden)), 'hidden.example')).rejects.toThrow(EgressRefusedError)
    },
  )

  it('is connected to by the addresses that pass alone', async () => {
    const egress = createEgress([], answering('127.0.0.1', '93.184.216.34', '::1'))
    expect(await lookedUp(egress, 'mixed.example')).toEqual([{ address: '93.184.216.34', family: 4 }])
    expect(await lookedUp(egress, 'mixed.example', false)).toBe('93.184.216.34')
  })

  it('is judged anew at each connection, so a changed answer gains nothing', async () => {
    const answers = ['93.184.216.34', '127.0.0.1']
    const egress = createEgress([], async () => [{ address: answers.shift() ?? '', family: 4 }])
    expect(await lookedUp(egress, 'rebind.example')).toEqual([{ address: '93.184.216.34', family: 4 }])
    await expect(lookedUp(egress, 'rebind.example')).rejects.toThrow(EgressRefusedError)
  })

  it('passes on what DNS says when there is no such name', async () => {
    const egress = createEgress([], async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
    })
    await expect(lookedUp(egress, 'nowhere.example')).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })
})

describe('what is allowed', () => {
  it.each([
    ['an address', '10.1.2.3', 'in.example', '10.1.2.3'],
    ['an address, found in its mapped form', '10.1.2.3', 'in.example', '::ffff:10.1.2.3'],
    ['a range', '10.0.0.0/8', 'in.example', '10.200.0.1'],
    ['an IPv6 range', 'fd00::/8', 'in.example', 'fd12::1'],
    ['a name, wherever it leads', 'Hooks.Internal', 'hooks.internal', '192.168.0.9'],
  ])('%s', async (_, allow, host, address) => {
    expect(await lookedUp(createEgress([allow], answering(address)), host)).toHaveLength(1)
  })

  it.each([
    ['another address', '10.1.2.3', '10.1.2.4'],
    ['outside the range', '10.0.0.0/8', '192.168.0.1'],
    ['a name that merely ends so', 'internal', '10.0.0.1'],
  ])('nothing else: %s', async (_, allow, address) => {
    await expect(lookedUp(createEgress([allow], answering(address)), 'x.internal')).rejects.toThrow(EgressRefusedError)
  })
})

describe('a literal address', () => {
  it.each(['127.0.0.1', '[::1]', '[::ffff:7f00:1]', '169.254.169.254'])('%s is refused without DNS', (host) => {
    expect(() => createEgress([]).checkHost(host)).toThrow(EgressRefusedError)
  })

  it('is let through when allowed', () => {
    expect(() => createEgress(['127.0.0.1', '::1/128']).checkHost('127.0.0.1')).not.toThrow()
    expect(() => createEgress(['127.0.0.1', '::1/128']).checkHost('[::1]')).not.toThrow()
  })

  it('resolves to itself after the check', async () => {
    expect(await createEgress(['127.0.0.1']).resolve('127.0.0.1')).toBe('127.0.0.1')
    await expect(createEgress([]).resolve('127.0.0.1')).rejects.toThrow(EgressRefusedError)
  })
})

describe('a URL that can never be called', () => {
  const egress = createEgress(['10.0.0.0/8', 'mail.localhost'])

  it.each([
    ['https://hooks.example/x', null],
    ['http://10.1.1.1/x', null],
    ['http://mail.localhost/x', null],
    ['http://localhost:8080/x', 'localhost (127.0.0.1) is not'],
    ['http://a.localhost/x', 'a.localhost (127.0.0.1) is not'],
    ['http://0x7f.1/x', '127.0.0.1 is not'],
    ['http://[::ffff:a9fe:a9fe]/x', '::ffff:a9fe:a9fe is not'],
    ['not a URL', 'It is no URL.'],
  ])('%s: %s', (url, fault) => {
    if (fault === null) expect(egress.urlFault(url)).toBeNull()
    else expect(egress.urlFault(url)).toContain(fault)
  })
})

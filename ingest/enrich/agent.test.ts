import { expect, test } from 'vitest'
import { processorMs } from '../../test/harness/processor-ms.js'
import { createAgentReader } from './agent.js'

const agent = createAgentReader()

test('browser, system and device are read', () => {
  const safari =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'
  expect(agent(safari)).toMatchObject({
    browser: 'Safari',
    browserVersion: '17.5',
    os: 'iOS',
    osVersion: '17.5',
    device: 'mobile',
  })
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
  expect(agent(firefox)).toMatchObject({ browser: 'Firefox', browserVersion: '128.0', os: 'Linux', device: 'desktop' })
})

test('what says nothing is nothing, and what is long takes no longer', async () => {
  expect(agent('')).toBeNull()
  const spent = await processorMs(() => {
    for (const piece of ['Mozilla/5.0 (', ' ', '/', 'Version/1', '(;', 'a/1 ']) agent(piece.repeat(200_000))
  })
  expect(spent).toBeLessThan(500)
})

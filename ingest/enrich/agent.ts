import Bowser from 'bowser'
import { rememberLast } from './bounded-memory.js'

/** What a user agent says of itself. What it does not say is left out. */
export interface Agent {
  readonly browser?: string
  readonly browserVersion?: string
  readonly os?: string
  readonly osVersion?: string
  /** `desktop`, `mobile`, `tablet`, `tv` or `bot`. */
  readonly device?: string
  /** The same as attributes, by OpenTelemetry's names of them; the kind of device has none there. */
  readonly attributes: Readonly<Record<string, string>>
}

const REMEMBERED = 2_000
/** Longer ones are cut before they are read: reading takes tens of microseconds, and grows with the length. */
const LONGEST = 512

/** Reads User-Agent texts; null for those that say nothing known. */
export function createAgentReader(): (userAgent: string) => Agent | null {
  const read = rememberLast(REMEMBERED, readAgent)
  return (userAgent) => (userAgent === '' ? null : read(userAgent.slice(0, LONGEST)))
}

function readAgent(userAgent: string): Agent | null {
  const { browser, os, platform } = Bowser.parse(userAgent)
  const agent: Omit<Agent, 'attributes'> = {
    ...(browser.name !== undefined && browser.name !== '' && { browser: browser.name }),
    ...(browser.version !== undefined && browser.version !== '' && { browserVersion: browser.version }),
    ...(os.name !== undefined && os.name !== '' && { os: os.name }),
    ...(os.version !== undefined && os.version !== '' && { osVersion: os.version }),
    ...(platform.type !== undefined && platform.type !== '' && { device: platform.type }),
  }
  if (Object.keys(agent).length === 0) return null
  const attributes = {
    ...(agent.browser !== undefined && { 'user_agent.name': agent.browser }),
    ...(agent.browserVersion !== undefined && { 'user_agent.version': agent.browserVersion }),
    ...(agent.os !== undefined && { 'user_agent.os.name': agent.os }),
    ...(agent.osVersion !== undefined && { 'user_agent.os.version': agent.osVersion }),
    ...(agent.device !== undefined && { 'user_agent.device.type': agent.device }),
  }
  return { ...agent, attributes }
}

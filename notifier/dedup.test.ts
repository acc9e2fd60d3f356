import { describe, expect, it } from 'vitest'
import type { DeliveryStatus, OutboxKind } from '../schema/domain/notification.js'
import type { LaneEntry } from '../schema/ports/notifications.js'
import { decide, spokenKind, threadOf } from './dedup.js'

/**
 * A lane in short: kind and state, such as `firing:delivered` or `severity:retrying?`; `?` means that it may have been
 * heard, `~` that an attempt is under way.
 */
function laneOf(path: string): LaneEntry[] {
  return path
    .split(' ')
    .filter((part) => part !== '')
    .map((part, i) => {
      const [kind = '', state = ''] = part.split(':')
      const inFlight = state.endsWith('~')
      return {
        id: `dlv_${i}`,
        kind: kind as OutboxKind,
        status: state.replace(/[?~]$/, '').toUpperCase() as DeliveryStatus,
        mayHaveHeard: state.endsWith('?') || inFlight || state === 'delivered',
        inFlight,
      }
    })
}

const LIVE = { live: true, sendResolved: true }

describe('a receiver that never heard firing', () => {
  it.each([
    ['', 'firing', 'send', 'first', []],
    ['', 'severity', 'send', 'first', []],
    ['firing:failed', 'severity', 'send', 'first', []],
    ['', 'resolved', 'suppress', 'never heard firing', []],
    ['firing:failed', 'resolved', 'suppress', 'never heard firing', []],
    ['firing:suppressed', 'resolved', 'suppress', 'never heard firing', []],
    ['firing:pending', 'resolved', 'suppress', 'never heard firing', ['dlv_0']],
    ['firing:retrying', 'resolved', 'suppress', 'never heard firing', ['dlv_0']],
    ['firing:retrying severity:pending', 'resolved', 'suppress', 'never heard firing', ['dlv_0', 'dlv_1']],
    ['firing:delivered resolved:delivered', 'firing', 'send', 'first', []],
    ['firing:delivered resolved:delivered firing:failed', 'resolved', 'suppress', 'never heard firing', []],
  ] as const)('%s => %s: %s, %s', (path, kind, action, reason, supersedes) => {
    expect(decide(laneOf(path), kind, LIVE)).toEqual({ action, reason, supersedes })
  })
})

describe('a receiver that heard firing, or may have', () => {
  it.each([
    ['firing:delivered', 'resolved', 'send', 'all resolved', []],
    ['firing:failed?', 'resolved', 'send', 'all resolved', []],
    ['firing:failed severity:delivered', 'resolved', 'send', 'all resolved', []],
    ['firing:delivered severity:failed', 'resolved', 'send', 'all resolved', []],
    ['firing:delivered severity:retrying', 'resolved', 'send', 'all resolved', ['dlv_1']],
    ['firing:delivered severity:retrying?', 'resolved', 'send', 'all resolved', ['dlv_1']],
    ['firing:failed? severity:retrying', 'resolved', 'send', 'all resolved', ['dlv_1']],
    ['firing:delivered', 'severity', 'send', 'severity', []],
    ['firing:failed?', 'severity', 'send', 'severity', []],
    ['firing:delivered', 'firing', 'suppress', 'already delivered', []],
  ] as const)('%s => %s: %s, %s', (path, kind, action, reason, supersedes) => {
    expect(decide(laneOf(path), kind, LIVE)).toEqual({ action, reason, supersedes })
  })
})

describe('a message waits for the one before it', () => {
  it.each([
    ['firing:pending', 'severity'],
    ['firing:retrying', 'severity'],
    ['firing:pending~', 'resolved'],
    ['firing:retrying?', 'resolved'],
    ['firing:delivered severity:retrying~', 'resolved'],
    ['firing:delivered resolved:retrying', 'firing'],
    ['firing:delivered resolved:retrying firing:pending', 'resolved'],
  ] as const)('%s => %s', (path, kind) => {
    expect(decide(laneOf(path), kind, LIVE).action).toBe('wait')
  })
})

describe('a channel that wants no end', () => {
  const channel = { live: true, sendResolved: false }

  it.each([
    ['firing:delivered', []],
    ['firing:retrying?', ['dlv_0']],
    ['firing:pending', ['dlv_0']],
  ] as const)('%s => resolved is suppressed', (path, supersedes) => {
    const reason = 'resolved is off for this channel'
    expect(decide(laneOf(path), 'resolved', channel)).toEqual({ action: 'suppress', reason, supersedes })
  })

  it('hears the next firing as a first one', () => {
    expect(decide(laneOf('firing:delivered resolved:suppressed'), 'firing', channel)).toMatchObject({ reason: 'first' })
  })
})

describe('a disabled channel', () => {
  const channel = { live: false, sendResolved: true }

  it.each(['firing', 'severity', 'resolved'] as const)('is told nothing: %s', (kind) => {
    expect(decide(laneOf('firing:delivered severity:retrying'), kind, channel)).toEqual({
      action: 'suppress',
      reason: 'channel disabled',
      supersedes: ['dlv_1'],
    })
  })

  it('lets an attempt under way end first', () => {
    expect(decide(laneOf('firing:pending~'), 'resolved', channel).action).toBe('wait')
  })
})

describe('what is said', () => {
  it('is a firing when it is the first word, whatever it stems from', () => {
    expect(spokenKind('severity', 'first')).toBe('firing')
    expect(spokenKind('severity', 'severity')).toBe('severity')
    expect(spokenKind('resolved', 'all resolved')).toBe('resolved')
  })

  it.each([
    ['firing:pending', 'dlv_0', 'dlv_0'],
    ['firing:delivered severity:pending', 'dlv_1', 'dlv_0'],
    ['firing:failed? severity:delivered resolved:pending', 'dlv_2', 'dlv_1'],
    ['firing:failed? resolved:pending', 'dlv_1', 'dlv_0'],
    ['firing:delivered resolved:delivered firing:pending', 'dlv_2', 'dlv_2'],
  ])('is threaded by the first word of the episode: %s', (path, id, thread) => {
    expect(threadOf(laneOf(path), id)).toBe(thread)
  })
})

import { describe, expect, it } from 'vitest'
import { aMessage, aSpeech } from '../test/builders/speech.js'
import { headline, render, span, utc } from './render.js'

describe('a message in words', () => {
  it('says what fires, how bad it is, since when and where to look', () => {
    const speech = aSpeech()
    expect(render(speech)).toEqual({
      state: 'Firing',
      title: 'Errors in checkout',
      tone: 'warning',
      facts: [
        { name: 'Severity', value: 'WARNING' },
        { name: 'Value', value: '12.5' },
        { name: 'Reason', value: 'threshold' },
        { name: 'Started', value: '2026-03-01 12:00:00 UTC' },
        { name: 'Monitor', value: 'Errors (errors)' },
        { name: 'Organisation', value: 'Acme' },
      ],
      labels: [{ name: 'service', value: 'checkout' }],
      body: 'See checkout at 12.5.',
      runbookUrl: 'https://runbooks.example/errors',
      link: 'https://tocsin.example/incidents/7',
    })
    expect(headline(render(speech), speech)).toBe('[Firing WARNING] #7 Errors in checkout')
  })

  it.each([
    ['firing', { unit: 'number', comparison: 'GT', level: 3, windowMs: 60_000 }, 12, '12 > 3 over 1m'],
    ['firing', { unit: 'ratio', comparison: 'GT', level: 0.05, windowMs: 300_000 }, 6 / 17, '35.3 % > 5 % over 5m'],
    ['firing', { unit: 'number', comparison: 'LTE', level: 0, windowMs: null }, 0, '0 ≤ 0'],
    ['firing', { unit: 'number', comparison: 'GT', level: 3, windowMs: 60_000 }, null, 'none (level > 3 over 1m)'],
    ['resolved', { unit: 'number', comparison: 'GT', level: 3, windowMs: 60_000 }, 1, '1 (level > 3 over 1m)'],
  ] as const)('%s shows what was compared: %j at %s', (says, compared, value, text) => {
    const { facts } = render(aSpeech({ message: aMessage({ compared, value }), says }))
    expect(facts).toContainEqual({ name: 'Value', value: text })
  })

  it('says when it ended and how long it lasted', () => {
    const { incident } = aMessage()
    const message = aMessage({ incident: { ...incident, resolvedAt: incident.startedAt + 7_500_000 } })
    const rendered = render(aSpeech({ message, says: 'resolved' }))
    expect(rendered.tone).toBe('good')
    expect(rendered.facts).toContainEqual({ name: 'Resolved', value: '2026-03-01 14:05:00 UTC' })
    expect(rendered.facts).toContainEqual({ name: 'Lasted', value: '2 h 5 min' })
  })

  it('speaks of Tocsin itself where there is no monitor, and of no value where there was none', () => {
    const rendered = render(aSpeech({ message: aMessage({ monitor: null, value: null }), link: null }))
    expect(rendered).toMatchObject({ body: null, runbookUrl: null, link: null })
    expect(rendered.facts).toContainEqual({ name: 'Monitor', value: 'Tocsin itself' })
    expect(rendered.facts).toContainEqual({ name: 'Value', value: 'none' })
  })

  it('keeps to one line whatever a label or title holds', () => {
    const { incident } = aMessage()
    const message = aMessage({ incident: { ...incident, title: 'a\r\nb\u0000\u202ec', labels: { x: 'y\nz' } } })
    const rendered = render(aSpeech({ message }))
    expect(rendered.title).toBe('a b c')
    expect(rendered.labels).toEqual([{ name: 'x', value: 'y z' }])
  })
})

it('times are in UTC', () => expect(utc(Date.UTC(2026, 0, 2, 3, 4, 5, 678))).toBe('2026-01-02 03:04:05 UTC'))

it.each([
  [0, '0 s'],
  [-5, '0 s'],
  [59_999, '59 s'],
  [90_061_000, '1 d 1 h'],
  [3_600_000, '1 h'],
])('a span of %i ms is %s', (ms, text) => expect(span(ms)).toBe(text))

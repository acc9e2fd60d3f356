import { afterEach, beforeEach, describe } from 'vitest'
import { claimsConformance } from './intake-claims.js'
import { concurrencyConformance } from './intake-concurrency.js'
import { idempotencyConformance } from './intake-idempotency.js'
import { pressureConformance } from './intake-pressure.js'
import type { IntakeSubject, OpenIntake } from './intake-subject.js'
import { waitingConformance } from './intake-waiting.js'
import { watermarkConformance } from './intake-watermarks.js'

/** What every intake keeps. Each test has a queue of its own. */
export function intakeConformance(name: string, open: OpenIntake): void {
  describe(`${name} as an intake`, () => {
    let subject: IntakeSubject | null = null
    beforeEach(async () => {
      subject = await open()
    })
    afterEach(async () => {
      await subject?.close()
      subject = null
    })
    const current = () => {
      if (subject === null) throw new Error('The intake is open while a test runs, and not before.')
      return subject
    }
    describe('claims', () => claimsConformance(current))
    describe('idempotency', () => idempotencyConformance(current))
    describe('pressure', () => pressureConformance(current))
    describe('waiting', () => waitingConformance(current))
    describe('watermarks', () => watermarkConformance(current))
    describe('many at once', () => concurrencyConformance(current))
  })
}

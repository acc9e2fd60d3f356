import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'

/** An empty folder (mode 0700, below one of mode 0700) that goes with the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(inject('scratchPath'), 'test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

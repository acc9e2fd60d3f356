import type { Letter } from './letters.js'

/** A table for people, columns as wide as they need to be. Empty when there is nothing to list. */
export function tableOf(letters: readonly Letter[], now: number): string[] {
  if (letters.length === 0) return []
  const rows = letters.map(({ batchId, orgId, signal, items, deadAt, replayedAt, reason }) => [
    ...[
      batchId,
      orgId,
      signal,
      String(items),
      ageText(now - deadAt),
      replayedAt === null ? '' : 'yes',
      oneLine(reason),
    ],
  ])
  const all = [['BATCH', 'ORG', 'SIGNAL', 'ITEMS', 'AGE', 'REPLAYED', 'REASON'], ...rows]
  const widths = all.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, cell.length)), [])
  return all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** All that is known of a letter, a line each. */
export function detailsOf(letter: Letter, now: number): string[] {
  const at = (ms: number) => `${new Date(ms).toISOString()} (${ageText(now - ms)} ago)`
  const replayed = letter.replayedAt === null ? 'no' : `${at(letter.replayedAt)} as batch ${letter.replayedAs}`
  return [
    `batch     ${letter.batchId}`,
    `org       ${letter.orgId}`,
    `key       ${letter.keyId}`,
    `signal    ${letter.signal} (${letter.protocol})`,
    `items     ${letter.items}`,
    `bytes     ${letter.bytes}`,
    `accepted  ${at(letter.acceptedAt)}`,
    `dead      ${at(letter.deadAt)}`,
    `replayed  ${replayed}`,
    `reason    ${letter.reason}`,
  ]
}

/** The largest whole unit that fits: 42s, 7m, 3h, 12d. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

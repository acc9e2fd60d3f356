import type { OrgRetention } from '../../schema/domain/retention.js'

/** Columns of an org that say for how long its data is kept. */
export const ORG_RETENTION = `
  retention_logs_days, retention_spans_days, retention_rum_days, retention_samples_days,
  most_logs_days, most_spans_days, most_rum_days, most_samples_days`

type Column = `${'retention' | 'most'}_${'logs' | 'spans' | 'rum' | 'samples'}_days`
export type OrgRetentionRow = { readonly [Name in Column]: number | null }

/** What those columns say. */
export function toOrgRetention(row: OrgRetentionRow): OrgRetention {
  return {
    own: {
      logs: row.retention_logs_days,
      spans: row.retention_spans_days,
      rum: row.retention_rum_days,
      samples: row.retention_samples_days,
    },
    most: {
      logs: row.most_logs_days,
      spans: row.most_spans_days,
      rum: row.most_rum_days,
      samples: row.most_samples_days,
    },
  }
}

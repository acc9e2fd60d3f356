/** The org whose rows the baselines insert. */
export const BENCH_ORG = 'org_bench'

/** Columns that say where a row comes from, for inserts that go past ingest. */
export function rowOrigin(item: number, now: number) {
  return {
    org_id: BENCH_ORG,
    batch_id: '00000000-0000-4000-8000-000000000000',
    item,
    flush_id: 1,
    accepted_at: now,
  }
}

/** Columns of attributes, a map for each type of value. */
export function attributeMaps(attributes: readonly (readonly [name: string, value: unknown])[]) {
  const ofType = (type: string) => Object.fromEntries(attributes.filter(([, value]) => typeof value === type))
  return {
    attributes_string: ofType('string'),
    attributes_number: ofType('number'),
    attributes_bool: ofType('boolean'),
  }
}

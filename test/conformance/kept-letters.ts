import type pg from 'pg'
import { deadLetterAad } from '../../queue/dead-letters.js'
import { packedBody, unpackBody } from '../../schema/ports/packed-body.js'

/** No cipher, but one that shows whether the right thing was bound to the right owner. */
export const seal = (bytes: Uint8Array, aad: string) => Buffer.concat([Buffer.from(`sealed for ${aad}\0`), bytes])

/** The dead letters of a database, opened. */
export async function lettersOf(pool: pg.Pool) {
  const { rows } = await pool.query(
    `SELECT batch_id AS "batchId", org_id AS "orgId", reason, encoding, bytes, sealed_body AS sealed FROM engine.dead_letter`,
  )
  return rows.map(({ sealed, encoding, bytes, ...row }) => {
    const prefix = seal(Buffer.of(), deadLetterAad(row.orgId, row.batchId))
    if (!sealed.subarray(0, prefix.length).equals(prefix)) throw new Error('It was sealed for another owner.')
    return { ...row, body: unpackBody(packedBody(encoding, bytes, sealed.subarray(prefix.length))) }
  })
}

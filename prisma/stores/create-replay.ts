import type { CreateOutcome, Idempotency } from '../../schema/ports/control-plane.js'
import type { Database, DatabaseScope } from '../client.js'
import { Prisma } from '../generated/client.js'

/** How long a create's idempotency key is remembered. */
const REPLAY_HOURS = 24

/**
 * Runs a create under its idempotency key, in one transaction: the key's row is written first, so that a second create
 * with the same key waits for the first and then answers with what it made.
 *
 * @param create Makes the row; a violated unique constraint becomes `taken`.
 * @param load Reads what was made before; null when it is gone, which counts as a new create.
 */
export async function createOnce<Value>(
  database: Database,
  scope: { readonly orgId: string; readonly operation: string; readonly id: string; readonly now: number },
  idempotency: Idempotency | null,
  create: (transaction: DatabaseScope) => Promise<Value>,
  load: (transaction: DatabaseScope, id: string) => Promise<Value | null>,
): Promise<CreateOutcome<Value>> {
  try {
    return await database.$transaction(async (transaction) => {
      const first = idempotency === null ? null : await remember(transaction, scope, idempotency)
      if (first === null) return { outcome: 'created' as const, value: await create(transaction) }
      if (!first.sameRequest) return { outcome: 'key reused' as const }
      const value = await load(transaction, first.resultId)
      if (value !== null) return { outcome: 'replayed' as const, value }
      await transaction.createReplay.updateMany({
        where: { orgId: scope.orgId, operation: scope.operation, resultId: first.resultId },
        data: { resultId: scope.id },
      })
      return { outcome: 'created' as const, value: await create(transaction) }
    })
  } catch (error) {
    if (isUniqueViolation(error)) return { outcome: 'taken' }
    throw error
  }
}

/** What the key already stands for; null when this create is its first. */
async function remember(
  transaction: DatabaseScope,
  scope: { readonly orgId: string; readonly operation: string; readonly id: string; readonly now: number },
  { key, requestHash }: Idempotency,
): Promise<{ readonly resultId: string; readonly sameRequest: boolean } | null> {
  const { orgId, operation, id } = scope
  const now = new Date(scope.now)
  const expired = new Date(scope.now - REPLAY_HOURS * 3_600_000)
  const written = await transaction.$queryRaw<{ result_id: string }[]>(Prisma.sql`
    INSERT INTO create_replay (org_id, operation, key, request_hash, result_id, created_at)
    VALUES (${orgId}, ${operation}, ${key}, ${requestHash}, ${id}, ${now})
    ON CONFLICT (org_id, operation, key) DO UPDATE
      SET request_hash = excluded.request_hash, result_id = excluded.result_id, created_at = excluded.created_at
      WHERE create_replay.created_at < ${expired}
    RETURNING result_id`)
  if (written.length > 0) {
    await transaction.createReplay.deleteMany({ where: { orgId, createdAt: { lt: expired } } })
    return null
  }
  const before = await transaction.createReplay.findUniqueOrThrow({
    where: { orgId_operation_key: { orgId, operation, key } },
  })
  return { resultId: before.resultId, sameRequest: Buffer.compare(before.requestHash, requestHash) === 0 }
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}

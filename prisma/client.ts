import { PrismaPg } from '@prisma/adapter-pg'
import type { Pool } from 'pg'
import { type Prisma, PrismaClient } from './generated/client.js'

export type Database = PrismaClient
/** The client, or the same inside a transaction. */
export type DatabaseScope = Prisma.TransactionClient

/** How long a transaction may wait for a connection, and how long it may then take, ms. Prisma's own 2 s and 5 s are short for a busy moment. */
const TRANSACTION = { maxWait: 10_000, timeout: 30_000 }

/** Prisma over a pool that the caller owns and ends. */
export function createPrisma(pool: Pool): Database {
  return new PrismaClient({ adapter: new PrismaPg(pool), transactionOptions: TRANSACTION })
}

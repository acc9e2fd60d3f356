import { PrismaPg } from '@prisma/adapter-pg'
import type { Pool } from 'pg'
import { type Prisma, PrismaClient } from './generated/client.js'

export type Database = PrismaClient
/** The client, or the same inside a transaction. */
export type DatabaseScope = Prisma.TransactionClient

/** Prisma over a pool that the caller owns and ends. */
export function createPrisma(pool: Pool): Database {
  return new PrismaClient({ adapter: new PrismaPg(pool) })
}

import { defineConfig } from 'prisma/config'

/** Read by the Prisma command line only; the program applies the migrations itself at start. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
})

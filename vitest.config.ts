import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // As Node resolves it, so that our files and type-graphql's share one graphql.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['dist/**', 'node_modules/**', '.tocsin/**'],
    // One PostgreSQL for the run; tests clone a migrated database from it.
    globalSetup: ['test/harness/global-setup.ts'],
    // One chDB data directory belongs to one process, so files that open one need a process of their own.
    pool: 'forks',
    maxWorkers: 2,
    // Long, for machines that do other work beside: a test that hangs still ends.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000, interval: 20 } },
  },
})

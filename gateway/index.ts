/** The GraphQL gateway and what `main` needs to make the first credentials. */

export { apiTokenText, ingestKeyText } from './auth/api-token-text.js'
export { hashPassword } from './auth/password.js'
export type { ScrubberOf, TestChannel } from './context.js'
export { buildGatewaySchema, printGatewaySchema } from './graphql/schema.js'
export { type AnswerMemory, createAnswerMemory } from './promql/cache/answer-memory.js'
export { createEvaluationPool, type EvaluationPool } from './promql/pool.js'
export { createRollupAnswers, type RollupAnswers } from './promql/rollups.js'
export { createGateway, type Gateway, type GatewayDeps } from './server.js'

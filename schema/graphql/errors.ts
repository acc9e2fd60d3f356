import type { UserError as UserErrorFacts } from '../domain/errors.js'
import { Field, ID, Int, InterfaceType, ObjectType } from './decorators.js'
import { UserErrorCodeEnum } from './enums.js'

@InterfaceType({
  description: 'A mistake in what was asked: where it stands (`path`), what was found and what was expected.',
  resolveType: (error: UserErrorFacts) => {
    if (error.currentVersion !== undefined) return 'ConflictError'
    return error.code === 'QUERY_INVALID' ? 'QueryError' : 'InputError'
  },
})
export abstract class UserError {
  @Field(() => String)
  message!: string
  @Field(() => [String])
  path!: readonly string[]
  @Field(() => UserErrorCodeEnum)
  code!: UserErrorFacts['code']
}

@ObjectType({ implements: UserError })
export class InputError extends UserError {}

@ObjectType({ implements: UserError })
export class QueryError extends UserError {
  @Field(() => Int, { nullable: true, description: '1-based line of the query.' })
  line!: number | null
  @Field(() => Int, { nullable: true, description: '1-based column of that line.' })
  column!: number | null
}

@ObjectType({ implements: UserError })
export class ConflictError extends UserError {
  @Field(() => Int)
  currentVersion!: number
}

/** What every payload ends with. */
@ObjectType()
export class ErrorsPayload {
  @Field(() => [UserError])
  userErrors!: readonly UserErrorFacts[]
}

@ObjectType()
export class DeletePayload {
  @Field(() => ID, { nullable: true })
  deletedId!: string | null
  @Field(() => [UserError])
  userErrors!: readonly UserErrorFacts[]
}

import './reflect.js'

/** type-graphql's decorators, behind the shim they need. Decorated files import them from here, never directly. */
export {
  Arg,
  Ctx,
  createParameterDecorator,
  Field,
  FieldResolver,
  Float,
  ID,
  Info,
  InputType,
  Int,
  InterfaceType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
  Subscription,
  UseMiddleware,
} from 'type-graphql'

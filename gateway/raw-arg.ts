import { createParameterDecorator } from '../schema/graphql/decorators.js'

type TypeThunk = () => abstract new (...args: never[]) => object

/**
 * Declares an input argument and gives the resolver the value as GraphQL read it. type-graphql's own `@Arg` would make
 * instances of the input classes, in which an omitted field and one that is null cannot be told apart for certain.
 */
export function InputArg(name: string, type: TypeThunk, options: { readonly nullable?: boolean } = {}) {
  return createParameterDecorator(({ args }) => args[name], { arg: { name, typeFunc: type, options } })
}

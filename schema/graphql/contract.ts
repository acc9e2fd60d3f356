import {
  astFromValue,
  buildSchema,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  print,
} from 'graphql'

/** How a schema stands to the contract that other programs rely on. */
export interface ContractReport {
  /** What the contract has and the schema has not yet, as `Type`, `Type.field` or `Type.field(argument:)`; sorted. */
  readonly missing: readonly string[]
  /** What both have and the schema has differently, in a way that would break a client; a sentence each. */
  readonly breaking: readonly string[]
}

/**
 * Compares a schema with the contract. The schema may hold more: types, fields, optional arguments, enum values of
 * inputs. It may lack what is not built yet, and that is listed; what it has must fit.
 */
export function compareWithContract(schema: GraphQLSchema, contractText: string): ContractReport {
  const contract = buildSchema(contractText)
  const missing: string[] = []
  const breaking: string[] = []

  for (const [name, wanted] of Object.entries(contract.getTypeMap())) {
    if (name.startsWith('__')) continue
    const found = schema.getType(name)
    if (found === undefined) missing.push(name)
    else compareTypes(wanted, found)
  }
  return { missing: missing.sort(), breaking: breaking.sort() }

  function compareTypes(wanted: GraphQLNamedType, found: GraphQLNamedType): void {
    const { name } = wanted
    if (wanted.constructor !== found.constructor) {
      breaking.push(`${name} is another kind of type than in the contract.`)
    } else if (isEnumType(wanted) && isEnumType(found)) {
      for (const value of wanted.getValues())
        if (found.getValue(value.name) === undefined) missing.push(`${name}.${value.name}`)
    } else if (isInputObjectType(wanted) && isInputObjectType(found)) {
      if (wanted.isOneOf !== found.isOneOf) breaking.push(`${name} is @oneOf in one of both only.`)
      compareInputs(name, Object.values(wanted.getFields()), Object.values(found.getFields()), isRequiredInputField)
    } else if ((isObjectType(wanted) || isInterfaceType(wanted)) && (isObjectType(found) || isInterfaceType(found))) {
      for (const { name: parent } of wanted.getInterfaces())
        if (!found.getInterfaces().some((other) => other.name === parent))
          breaking.push(`${name} does not implement ${parent}.`)
      compareFields(wanted, found)
    }
  }

  function compareFields(
    wanted: Extract<GraphQLNamedType, { getInterfaces: unknown }>,
    found: Extract<GraphQLNamedType, { getInterfaces: unknown }>,
  ): void {
    const fields = found.getFields()
    for (const field of Object.values(wanted.getFields())) {
      const at = `${wanted.name}.${field.name}`
      const has = fields[field.name]
      if (has === undefined) {
        missing.push(at)
        continue
      }
      if (!fitsOutput(field.type, has.type)) breaking.push(`${at} is ${has.type}; the contract has ${field.type}.`)
      compareInputs(at, field.args, has.args, isRequiredArgument)
    }
  }

  function compareInputs<Input extends GraphQLArgument | GraphQLInputField>(
    at: string,
    wanted: readonly Input[],
    found: readonly Input[],
    isRequired: (input: Input) => boolean,
  ): void {
    for (const input of wanted) {
      const has = found.find((other) => other.name === input.name)
      const place = `${at}(${input.name}:)`
      if (has === undefined) missing.push(place)
      else {
        if (!fitsInput(input.type, has.type)) breaking.push(`${place} is ${has.type}; the contract has ${input.type}.`)
        if (isRequired(has) && !isRequired(input)) breaking.push(`${place} is required and was not.`)
        if (shownDefault(input) !== shownDefault(has))
          breaking.push(`${place} defaults to ${shownDefault(has)}; the contract has ${shownDefault(input)}.`)
      }
    }
    for (const input of found)
      if (isRequired(input) && !wanted.some((other) => other.name === input.name))
        breaking.push(`${at}(${input.name}:) is required and not in the contract.`)
  }
}

/** An output may promise more than the contract: never null where that may be null. */
function fitsOutput(wanted: GraphQLType, found: GraphQLType): boolean {
  const [a, b] = [String(wanted), String(found)]
  return a === b || (isNonNullType(found) && a === String(found.ofType))
}

/** An input may ask for less than the contract: nullable where that must be given. */
function fitsInput(wanted: GraphQLType, found: GraphQLType): boolean {
  const [a, b] = [String(wanted), String(found)]
  return a === b || (isNonNullType(wanted) && String(wanted.ofType) === b)
}

/** Defaults as clients write them: an enum's value inside may differ from its name. */
function shownDefault(input: GraphQLArgument | GraphQLInputField): string {
  const node = input.defaultValue === undefined ? null : astFromValue(input.defaultValue, input.type)
  return node == null ? 'nothing' : print(node)
}

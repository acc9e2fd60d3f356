/*
 * type-graphql asks `Reflect.getMetadata` for the types the compiler would emit, and refuses to start without it. Every
 * type is given explicitly here, so "none" is the whole answer and the reflect-metadata package is not needed.
 */
if (!('getMetadata' in Reflect)) Object.defineProperty(Reflect, 'getMetadata', { value: () => undefined })

/** Signing for the command line; one implementation, the client library's. */
export { type CanonicalRequest, signBody, signCanonical } from '../client/sign.js'

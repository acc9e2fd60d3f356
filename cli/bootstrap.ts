/** What the first start leaves in `bootstrap.json`, as far as programs beside it need it. */
export interface Bootstrap {
  readonly graphqlUrl: string
  readonly ingestUrl: string
  readonly email: string
  readonly password: string
  readonly apiToken: string
  /** CANONICAL, for all signals. */
  readonly ingestKey: { readonly key: string; readonly secret: string }
  /** BEARER, for all signals. */
  readonly bearerKey: { readonly key: string; readonly secret: string }
}

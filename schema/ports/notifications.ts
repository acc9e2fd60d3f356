/** What the notifier needs of the world: the outbox, the ledger, channels and their configuration. */
export {}

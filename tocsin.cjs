#!/usr/bin/env node
'use strict'
// Three busy queries of the embedded ClickHouse hold three of libuv's four threads, and files, name lookups and password
// hashes wait for the fourth. The pool's size is read when it is first used, which an ES module's own loading does: so
// it is set here, before any is loaded.
process.env.UV_THREADPOOL_SIZE ??= '12'
// Read by graphql when it is loaded: else it looks for a second copy of itself at every value that it completes.
process.env.NODE_ENV ??= 'production'
import('./dist/main.js')

#!/usr/bin/env node
'use strict'
// Three busy queries of the embedded ClickHouse hold three of libuv's four threads, and files, name lookups and password
// hashes wait for the fourth. The pool's size is read when it is first used, which an ES module's own loading does: so
// it is set here, before any is loaded.
process.env.UV_THREADPOOL_SIZE ??= '12'
// Read by graphql when it is loaded: else it looks for a second copy of itself at every value that it completes.
process.env.NODE_ENV ??= 'production'
// The embedded ClickHouse's memory, read when the engine is loaded: in huge pages where the system has them, and kept for
// 20 s after its use. Merges and inserts come again within seconds, and half of the pages that were touched for the first
// time were theirs.
process.env.JE_MALLOC_CONF ??= 'thp:always,metadata_thp:auto,dirty_decay_ms:20000'
// Each body on its way counts as memory to look for, so the collector came every 15 batches for a heap that hardly
// changes; with room to grow to two and a half times what it has, every 30.
require('node:v8').setFlagsFromString('--heap-growing-percent=150')
import('./dist/main.js')

const MIB = 1024 * 1024

/**
 * Bounds of the engine, by the names of ClickHouse's server settings. Its defaults are a server's: caches of 5 GiB each
 * would fill with what is read, in a process that has Node and a queue beside it; and removing old parts starts 128
 * threads, that stay. Merges go behind all that somebody waits for, inserts included.
 */
const ENGINE_BOUNDS: Readonly<Record<string, number>> = {
  mark_cache_size: 128 * MIB,
  primary_index_cache_size: 64 * MIB,
  index_mark_cache_size: 64 * MIB,
  text_index_tokens_cache_size: 64 * MIB,
  text_index_header_cache_size: 64 * MIB,
  text_index_postings_cache_size: 128 * MIB,
  query_condition_cache_size: 32 * MIB,
  compiled_expression_cache_size: 32 * MIB,
  max_parts_cleaning_thread_pool_size: 2,
  max_active_parts_loading_thread_pool_size: 4,
  max_outdated_parts_loading_thread_pool_size: 2,
  max_thread_pool_free_size: 16,
  os_threads_nice_value_merge_mutate: 10,
}

/** Arguments that start the engine within its bounds. What stands behind the dashes is configuration, not a query's. */
export const ENGINE_ARGUMENTS: readonly string[] = [
  '--',
  ...Object.entries(ENGINE_BOUNDS).map(([name, value]) => `--${name}=${value}`),
]

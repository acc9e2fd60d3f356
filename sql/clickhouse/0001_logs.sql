-- Logs of all orgs. A row is named by its batch and its position in it; `flush_id` and `accepted_at` say how it came in.
-- The deduplication window makes the token of an insert (the flush id) count: the same flush again adds nothing.
CREATE TABLE IF NOT EXISTS logs
(
    org_id            LowCardinality(String),
    ts                DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    service           LowCardinality(String),
    level             LowCardinality(String),
    message           String CODEC(ZSTD(1)),
    trace_id          String CODEC(ZSTD(1)),
    span_id           String CODEC(ZSTD(1)),
    attributes_string Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes_number Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
    attributes_bool   Map(LowCardinality(String), Bool) CODEC(ZSTD(1)),
    batch_id          UUID CODEC(ZSTD(1)),
    item              UInt32 CODEC(Delta(4), ZSTD(1)),
    flush_id          UInt64 CODEC(Delta(8), ZSTD(1)),
    accepted_at       DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    retention_days    UInt16 DEFAULT 30,
    INDEX trace_id_bloom trace_id TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX flush_range flush_id TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (org_id, service, toStartOfFiveMinutes(ts), ts)
TTL toDateTime(ts) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

-- What browsers send: web vitals, page views, errors, resource timings and custom events of all orgs. `value` is a vital's
-- value, a duration in ms, or a custom event's number; `name` the vital's metric, the resource's address, or the event's.
CREATE TABLE IF NOT EXISTS rum
(
    org_id            LowCardinality(String),
    ts                DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    app               LowCardinality(String),
    app_version       LowCardinality(String),
    environment       LowCardinality(String),
    session_id        String CODEC(ZSTD(1)),
    user_id           String CODEC(ZSTD(1)),
    view_id           String CODEC(ZSTD(1)),
    page              String CODEC(ZSTD(1)),
    url               String CODEC(ZSTD(1)),
    referrer          String CODEC(ZSTD(1)),
    type              LowCardinality(String),
    name              String CODEC(ZSTD(1)),
    value             Float64 CODEC(ZSTD(1)),
    rating            LowCardinality(String),
    error_type        LowCardinality(String),
    error_message     String CODEC(ZSTD(1)),
    error_stack       String CODEC(ZSTD(1)),
    fingerprint       String CODEC(ZSTD(1)),
    user_agent        String CODEC(ZSTD(1)),
    browser           LowCardinality(String),
    browser_version   LowCardinality(String),
    os                LowCardinality(String),
    os_version        LowCardinality(String),
    device            LowCardinality(String),
    country           LowCardinality(String),
    region            LowCardinality(String),
    city              String CODEC(ZSTD(1)),
    trace_id          String CODEC(ZSTD(1)),
    span_id           String CODEC(ZSTD(1)),
    attribution       Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes_string Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes_number Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
    attributes_bool   Map(LowCardinality(String), Bool) CODEC(ZSTD(1)),
    batch_id          UUID CODEC(ZSTD(1)),
    item              UInt32 CODEC(Delta(4), ZSTD(1)),
    flush_id          UInt64 CODEC(Delta(8), ZSTD(1)),
    accepted_at       DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    retention_days    UInt16 DEFAULT 30,
    INDEX fingerprint_bloom fingerprint TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX session_bloom session_id TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX flush_range flush_id TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (org_id, app, type, toStartOfFiveMinutes(ts), ts)
TTL toDateTime(ts) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

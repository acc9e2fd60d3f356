-- Spans of all orgs; `ts` is the start. Attributes of the resource stand in the maps under `resource.`, the scope's under
-- `scope.`. Events and links are columns of equal length, their attributes as texts.
CREATE TABLE IF NOT EXISTS spans
(
    org_id            LowCardinality(String),
    ts                DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    duration_ns       UInt64 CODEC(T64, ZSTD(1)),
    service           LowCardinality(String),
    name              LowCardinality(String),
    kind              LowCardinality(String),
    status            LowCardinality(String),
    status_message    String CODEC(ZSTD(1)),
    trace_id          String CODEC(ZSTD(1)),
    span_id           String CODEC(ZSTD(1)),
    parent_span_id    String CODEC(ZSTD(1)),
    trace_state       String CODEC(ZSTD(1)),
    scope_name        LowCardinality(String),
    scope_version     LowCardinality(String),
    attributes_string Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes_number Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
    attributes_bool   Map(LowCardinality(String), Bool) CODEC(ZSTD(1)),
    events_ts         Array(DateTime64(9, 'UTC')) CODEC(ZSTD(1)),
    events_name       Array(LowCardinality(String)) CODEC(ZSTD(1)),
    events_attributes Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
    links_trace_id    Array(String) CODEC(ZSTD(1)),
    links_span_id     Array(String) CODEC(ZSTD(1)),
    links_attributes  Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
    batch_id          UUID CODEC(ZSTD(1)),
    item              UInt32 CODEC(Delta(4), ZSTD(1)),
    flush_id          UInt64 CODEC(Delta(8), ZSTD(1)),
    accepted_at       DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    retention_days    UInt16 DEFAULT 30,
    INDEX trace_id_bloom trace_id TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX duration_range duration_ns TYPE minmax GRANULARITY 1,
    INDEX flush_range flush_id TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (org_id, service, toStartOfFiveMinutes(ts), ts)
TTL toDateTime(ts) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

-- When a trace was, so that its spans are read from the partitions it touches and no others. A row is made per insert
-- and trace; read with min, max and sum by trace. The window makes a repeated flush count once here too.
CREATE TABLE IF NOT EXISTS traces
(
    org_id         LowCardinality(String),
    trace_id       String CODEC(ZSTD(1)),
    first_start    SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
    last_end       SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
    spans          SimpleAggregateFunction(sum, UInt64),
    retention_days SimpleAggregateFunction(max, UInt16)
)
ENGINE = AggregatingMergeTree
ORDER BY (org_id, trace_id)
TTL toDateTime(first_start) + toIntervalDay(retention_days)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS traces_from_spans TO traces AS
SELECT
    org_id,
    trace_id,
    min(ts) AS first_start,
    max(addNanoseconds(ts, duration_ns)) AS last_end,
    count() AS spans,
    max(retention_days) AS retention_days
FROM spans
GROUP BY org_id, trace_id;

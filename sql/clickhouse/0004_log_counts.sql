-- Logs a minute by service and level, kept by a view over the inserts and exact under repeated ones; read with sum(count).
-- Made anew as a whole, so that this file may be run again.
DROP VIEW IF EXISTS log_counts_from_logs;

CREATE TABLE IF NOT EXISTS log_counts
(
    org_id         LowCardinality(String),
    service        LowCardinality(String),
    level          LowCardinality(String),
    minute         DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    count          UInt64 CODEC(T64, ZSTD(1)),
    retention_days UInt16
)
ENGINE = SummingMergeTree(count)
PARTITION BY toDate(minute)
ORDER BY (org_id, service, level, minute, retention_days)
TTL minute + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

TRUNCATE TABLE log_counts;

INSERT INTO log_counts
SELECT org_id, service, level, toStartOfMinute(ts) AS minute, count(), retention_days
FROM logs
GROUP BY org_id, service, level, minute, retention_days
SETTINGS max_partitions_per_insert_block = 0;

CREATE MATERIALIZED VIEW IF NOT EXISTS log_counts_from_logs TO log_counts AS
SELECT org_id, service, level, toDateTime(toStartOfMinute(ts), 'UTC') AS minute, count() AS count, retention_days
FROM logs
GROUP BY org_id, service, level, minute, retention_days;

-- Rows of one day that are kept for different numbers of days stand in partitions of their own, so each is dropped whole
-- when its own days are over: in one partition all would stay as long as the longest, or parts be written anew to take
-- single rows out. The tables are made anew, since a partition key cannot be changed; this file may be run again.
DROP VIEW IF EXISTS traces_from_spans;
DROP VIEW IF EXISTS log_counts_from_logs;

DROP TABLE IF EXISTS logs_next;
CREATE TABLE logs_next AS logs
ENGINE = MergeTree
PARTITION BY (toDate(ts), retention_days)
ORDER BY (org_id, service, toStartOfFiveMinutes(ts), ts)
TTL toDateTime(ts) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;
INSERT INTO logs_next SELECT * FROM logs SETTINGS max_partitions_per_insert_block = 0;
EXCHANGE TABLES logs AND logs_next;
DROP TABLE logs_next;

DROP TABLE IF EXISTS spans_next;
CREATE TABLE spans_next AS spans
ENGINE = MergeTree
PARTITION BY (toDate(ts), retention_days)
ORDER BY (org_id, service, toStartOfFiveMinutes(ts), ts)
TTL toDateTime(ts) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;
INSERT INTO spans_next SELECT * FROM spans SETTINGS max_partitions_per_insert_block = 0;
EXCHANGE TABLES spans AND spans_next;
DROP TABLE spans_next;

DROP TABLE IF EXISTS rum_next;
CREATE TABLE rum_next AS rum
ENGINE = MergeTree
PARTITION BY (toDate(ts), retention_days)
ORDER BY (org_id, app, type, toStartOfFiveMinutes(ts), ts)
TTL toDateTime(ts) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;
INSERT INTO rum_next SELECT * FROM rum SETTINGS max_partitions_per_insert_block = 0;
EXCHANGE TABLES rum AND rum_next;
DROP TABLE rum_next;

DROP TABLE IF EXISTS log_counts_next;
CREATE TABLE log_counts_next AS log_counts
ENGINE = SummingMergeTree(count)
PARTITION BY (toDate(minute), retention_days)
ORDER BY (org_id, service, level, minute, retention_days)
TTL minute + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;
INSERT INTO log_counts_next SELECT * FROM log_counts SETTINGS max_partitions_per_insert_block = 0;
EXCHANGE TABLES log_counts AND log_counts_next;
DROP TABLE log_counts_next;

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

CREATE MATERIALIZED VIEW IF NOT EXISTS log_counts_from_logs TO log_counts AS
SELECT org_id, service, level, toDateTime(toStartOfMinute(ts), 'UTC') AS minute, count() AS count, retention_days
FROM logs
GROUP BY org_id, service, level, minute, retention_days;

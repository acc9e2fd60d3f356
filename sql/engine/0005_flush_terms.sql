-- What orgs had set when a flush's rows were made (retention, scrub policies), so that rows made again are the same rows.
-- Kept as text, as it came, while the flush is open; null once it is closed, and in flushes opened before this.
ALTER TABLE engine.flush ADD COLUMN terms json;

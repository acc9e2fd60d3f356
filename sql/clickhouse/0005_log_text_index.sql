-- Finds lines by words: searches ask this index first (query/logql/line-hint.ts), and read only what it leaves. Parts that
-- were written before are searched in full until they are merged. Needs ClickHouse 26.2, where text indexes are settled.
ALTER TABLE logs ADD INDEX IF NOT EXISTS message_text message TYPE text(tokenizer = 'splitByNonAlpha');

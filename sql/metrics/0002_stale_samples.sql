-- True where a sample is a staleness marker: the series ends there, and the value says nothing. Null otherwise, not false:
-- the bit for it fits into what a row's header leaves free, so that samples grow by nothing. A column of its own, though
-- float8 keeps the bits of Prometheus's marker (a NaN), because every text on the way (a dump, a query) loses them.
ALTER TABLE metrics.samples ADD COLUMN stale boolean CHECK (stale);

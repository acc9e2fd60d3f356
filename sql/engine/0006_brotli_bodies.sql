-- Bodies are stored as Brotli from now on; those that stand there deflated are read as before.
ALTER TABLE engine.intake DROP CONSTRAINT intake_encoding_check;
ALTER TABLE engine.intake ADD CONSTRAINT intake_encoding_check CHECK (encoding IN ('identity', 'deflate', 'brotli'));
ALTER TABLE engine.dead_letter DROP CONSTRAINT dead_letter_encoding_check;
ALTER TABLE engine.dead_letter ADD CONSTRAINT dead_letter_encoding_check CHECK (encoding IN ('identity', 'deflate', 'brotli'));

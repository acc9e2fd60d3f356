-- A dead letter that is sent through again stays where it is, and knows as which batch. The id is chosen and kept before
-- the batch is enqueued, so that a replay broken off and begun again is one batch.
ALTER TABLE engine.dead_letter
  ADD COLUMN replayed_as uuid,
  ADD COLUMN replayed_at timestamptz;

-- The metrics store on plain PostgreSQL. The schema `metrics` is made by the migrator.

-- `fingerprint` is the SHA-256 of the canonical labels, the metric's name among them.
CREATE TABLE metrics.series (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org_id      text  NOT NULL,
  name        text  NOT NULL,
  kind        text  NOT NULL,
  labels      jsonb NOT NULL,
  fingerprint bytea NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (org_id, fingerprint)
);
CREATE INDEX series_by_name ON metrics.series (org_id, name);
CREATE INDEX series_by_label ON metrics.series USING gin (labels jsonb_path_ops);

-- The first sample of a series at a time stays; the same again is the same.
CREATE TABLE metrics.samples (
  series_id bigint           NOT NULL,
  ts        timestamptz      NOT NULL,
  value     double precision NOT NULL,
  flush_id  bigint           NOT NULL,
  PRIMARY KEY (series_id, ts)
);

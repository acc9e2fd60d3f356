-- What answers for one org does so as the role tocsin_tenant, which owns nothing and may not log in: it is taken on within a
-- transaction, beside the setting tocsin.org, and sees the rows of that org alone. Owners of the tables see all rows.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tocsin_tenant') THEN
        CREATE ROLE tocsin_tenant NOLOGIN;
    END IF;
EXCEPTION
    -- Another database of this server was migrated at the same moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'tocsin_tenant', 'MEMBER') THEN
        EXECUTE format('GRANT tocsin_tenant TO %I', current_user);
    END IF;
END
$$;

GRANT USAGE ON SCHEMA "public" TO tocsin_tenant;

GRANT SELECT, UPDATE ON "org" TO tocsin_tenant;
GRANT SELECT ON "user_account", "incident", "timeline_entry", "delivery", "delivery_attempt" TO tocsin_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON "membership", "api_token", "ingest_key", "ingest_secret", "monitor", "channel", "create_replay" TO tocsin_tenant;

ALTER TABLE "org" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "org" TO tocsin_tenant
    USING ("id" = NULLIF(current_setting('tocsin.org', true), ''));

ALTER TABLE "membership" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "membership" TO tocsin_tenant
    USING ("org_id" = NULLIF(current_setting('tocsin.org', true), ''));

ALTER TABLE "api_token" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "api_token" TO tocsin_tenant
    USING ("org_id" = NULLIF(current_setting('tocsin.org', true), ''));

ALTER TABLE "ingest_key" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "ingest_key" TO tocsin_tenant
    USING ("org_id" = NULLIF(current_setting('tocsin.org', true), ''));

ALTER TABLE "monitor" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "monitor" TO tocsin_tenant
    USING ("org_id" = NULLIF(current_setting('tocsin.org', true), ''));

ALTER TABLE "channel" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "channel" TO tocsin_tenant
    USING ("org_id" = NULLIF(current_setting('tocsin.org', true), ''));

ALTER TABLE "incident" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "incident" TO tocsin_tenant
    USING ("org_id" = NULLIF(current_setting('tocsin.org', true), ''));

ALTER TABLE "timeline_entry" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "timeline_entry" TO tocsin_tenant
    USING ("org_id" = NULLIF(current_setting('tocsin.org', true), ''));

ALTER TABLE "delivery" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "delivery" TO tocsin_tenant
    USING ("org_id" = NULLIF(current_setting('tocsin.org', true), ''));

ALTER TABLE "create_replay" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "create_replay" TO tocsin_tenant
    USING ("org_id" = NULLIF(current_setting('tocsin.org', true), ''));

-- These have no org of their own: they are seen where what they belong to is, and that is walled itself.
ALTER TABLE "user_account" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "user_account" TO tocsin_tenant
    USING (EXISTS (SELECT FROM "membership" WHERE "membership"."user_id" = "user_account"."id"));

ALTER TABLE "ingest_secret" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "ingest_secret" TO tocsin_tenant
    USING (EXISTS (SELECT FROM "ingest_key" WHERE "ingest_key"."id" = "ingest_secret"."ingest_key_id"));

ALTER TABLE "delivery_attempt" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "delivery_attempt" TO tocsin_tenant
    USING (EXISTS (SELECT FROM "delivery" WHERE "delivery"."id" = "delivery_attempt"."delivery_id"));

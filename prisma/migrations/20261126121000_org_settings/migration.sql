-- AlterTable
ALTER TABLE "org" ADD COLUMN     "monitor_limit" INTEGER,
ADD COLUMN     "most_logs_days" INTEGER,
ADD COLUMN     "most_rum_days" INTEGER,
ADD COLUMN     "most_samples_days" INTEGER,
ADD COLUMN     "most_spans_days" INTEGER,
ADD COLUMN     "operator" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "retention_logs_days" INTEGER,
ADD COLUMN     "retention_rum_days" INTEGER,
ADD COLUMN     "retention_samples_days" INTEGER,
ADD COLUMN     "retention_spans_days" INTEGER;

-- CreateTable
CREATE TABLE "scrub_policy" (
    "org_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "policy" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "scrub_policy_pkey" PRIMARY KEY ("org_id")
);

-- AddForeignKey
ALTER TABLE "scrub_policy" ADD CONSTRAINT "scrub_policy_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "org"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The org of the first start is the operator's.
UPDATE "org" SET "operator" = true WHERE "id" = (SELECT min("id") FROM "org");

GRANT SELECT, INSERT, UPDATE, DELETE ON "scrub_policy" TO tocsin_tenant;

ALTER TABLE "scrub_policy" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "scrub_policy" TO tocsin_tenant
    USING ("org_id" = NULLIF(current_setting('tocsin.org', true), ''));

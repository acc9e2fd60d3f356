-- AlterTable
ALTER TABLE "org" ADD COLUMN     "ingest_bytes_per_day" BIGINT,
ADD COLUMN     "ingest_items_per_day" BIGINT,
ADD COLUMN     "ingest_requests_per_minute" INTEGER;

-- AlterTable
ALTER TABLE "org" ADD COLUMN     "queries_at_once" INTEGER,
ADD COLUMN     "query_bytes" BIGINT,
ADD COLUMN     "query_points" INTEGER,
ADD COLUMN     "query_rows" BIGINT,
ADD COLUMN     "query_samples" INTEGER,
ADD COLUMN     "query_series" INTEGER,
ADD COLUMN     "query_time_ms" INTEGER;

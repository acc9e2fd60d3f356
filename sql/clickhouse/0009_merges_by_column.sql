-- Merges a column at a time however few rows there are, and not from 131,072 rows on. Measured with ten parts of 6,000 logs:
-- 9.7 µs of processor time a row and not 15, and as much as before for parts of 1,000 and fewer.
ALTER TABLE logs MODIFY SETTING vertical_merge_algorithm_min_rows_to_activate = 1;
ALTER TABLE spans MODIFY SETTING vertical_merge_algorithm_min_rows_to_activate = 1;
ALTER TABLE rum MODIFY SETTING vertical_merge_algorithm_min_rows_to_activate = 1;

-- Merges of ten parts at a time and not of five: a row of a day that ends in one large part is written about four times
-- more and not six. Merging rows of logs takes longer than inserting them, since their words are indexed anew each time.
-- A busy day's partition has some forty parts for it, and not twenty-five. Tables of sums are small, and stay as they are.
ALTER TABLE logs MODIFY SETTING merge_selector_base = 10;
ALTER TABLE spans MODIFY SETTING merge_selector_base = 10;
ALTER TABLE rum MODIFY SETTING merge_selector_base = 10;

-- In the order in which transactions began to write: what is still to come then comes after what is there.
CREATE INDEX changes_transaction_id ON changes (transaction_id, seq);
-- The log grows in the order of time: a summary for every few pages finds where a stretch of time begins.
CREATE INDEX changes_at ON changes USING brin (at) WITH (pages_per_range = 16, autosummarize = on);

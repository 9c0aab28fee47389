DROP INDEX changes_at, changes_transaction_id;

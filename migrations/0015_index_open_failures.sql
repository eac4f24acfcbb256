create index sync_failure_record_open_by_id on sync_failure_record (id) where resolved_at is null;

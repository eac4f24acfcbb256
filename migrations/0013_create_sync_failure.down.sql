drop view sync_failure;

drop table sync_finding;

drop table sync_verification;

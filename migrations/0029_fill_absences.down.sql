delete from sync_absence;

comment on table sync_absence is null;

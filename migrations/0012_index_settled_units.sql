create index sync_unit_done_day on sync_unit (dataset, (selector ->> 'trade_date'), rows)
where status = 'done' and selector ->> 'by' = 'date';

create index sync_unit_done_code on sync_unit (dataset, (selector ->> 'ts_code'), settled_at)
where status = 'done' and selector ->> 'by' = 'code';

create index sync_unit_done_period on sync_unit (dataset, (selector ->> 'period'), settled_at)
where status = 'done' and selector ->> 'by' = 'period';

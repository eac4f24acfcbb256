-- Changes of an adjustment factor are classed code by code. Without these indexes all revisions of the last hour were read for
-- each code, which took longer than a statement may when an answer changed every value.
create index data_revision_factors_of_code on data_revision (ts_code, seen_at)
where class in ('last_digit', 'corporate_action', 'restatement');

create index data_revision_factors_of_task on data_revision (task_id, day, ts_code)
where class in ('last_digit', 'corporate_action', 'restatement');

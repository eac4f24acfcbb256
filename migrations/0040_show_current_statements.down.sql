drop view cashflow_current;

drop function cashflow_at;

drop view balancesheet_current;

drop function balancesheet_at;

drop view income_current;

drop function income_at;

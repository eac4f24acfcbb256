drop function stock_daily_qfq_at(date);

drop view stock_daily_qfq;

drop view stock_daily_hfq;

drop view stock_daily_with_factor;

drop view stock_monthly_qfq;

drop view stock_monthly_hfq;

drop view stock_monthly;

drop view stock_weekly_qfq;

drop view stock_weekly_hfq;

drop view stock_weekly;

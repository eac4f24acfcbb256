drop index stock_daily_lacks_total_mv;

drop index stock_daily_lacks_adj_factor;

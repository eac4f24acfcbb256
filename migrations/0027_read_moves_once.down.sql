create or replace view stock_daily_current as
select
  ts_code, trade_date, open, high, low, close, pre_close, change, pct_chg, vol, amount, adj_factor,
  turnover_rate, turnover_rate_f, volume_ratio, pe, pe_ttm, pb, ps, ps_ttm, dv_ratio, dv_ttm, total_share,
  float_share, free_share, total_mv, circ_mv, stored_at
from stock_daily as bar
where bar.ts_code not in (select old_code from code_alias)
  or not exists (
    select 1
    from code_alias as alias
    join stock_daily as newer on newer.ts_code = alias.new_code and newer.trade_date = bar.trade_date
    where alias.old_code = bar.ts_code
    offset 0
  );

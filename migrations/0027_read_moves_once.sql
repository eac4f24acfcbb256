-- The moves are read once, as one object, and not for each row of an old code: that took five times as long.
create or replace view stock_daily_current as
select
  ts_code, trade_date, open, high, low, close, pre_close, change, pct_chg, vol, amount, adj_factor,
  turnover_rate, turnover_rate_f, volume_ratio, pe, pe_ttm, pb, ps, ps_ttm, dv_ratio, dv_ttm, total_share,
  float_share, free_share, total_mv, circ_mv, stored_at
from stock_daily as bar
where bar.ts_code not in (select old_code from code_alias)
  or not exists (
    select 1
    from stock_daily as newer
    where newer.ts_code = (select jsonb_object_agg(old_code, new_code) from code_alias) ->> bar.ts_code
      and newer.trade_date = bar.trade_date
    offset 0
  );

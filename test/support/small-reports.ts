// The reports of the small market: seven periods of every stock that trades, some in two versions, and their schedule.
import { cents, type Row, stockCodes } from "./small-market.ts";

export const periods = ["20220331", "20220630", "20220930", "20221231", "20230331", "20230630", "20230930"];
export const newestDue = "20230930";

/** The first to file for the year, on the market's last day. */
export const earlyFiler = { ts_code: "000001.SZ", end_date: "20231231", actual_date: "20240117" };
/** Has not filed for the newest due period. */
export const lateFiler = "000002.SZ";

export function makeReports(): Record<"fina_indicator" | "fina_indicator_vip" | "disclosure_date", Row[]> {
  const companies = stockCodes.filter((code) => code !== "600005.SH");
  const reports = companies.flatMap((ts_code, at) =>
    periods
      .filter((end_date) => !(ts_code === lateFiler && end_date === newestDue))
      .flatMap((end_date, period) => versions(ts_code, end_date, cents(at + period / 7, 4))),
  );
  const schedule = companies.flatMap((ts_code) =>
    [...periods.slice(4), earlyFiler.end_date].map((end_date) => ({
      ts_code,
      end_date,
      ann_date: end_date,
      pre_date: announced(end_date),
      actual_date: filedOn(ts_code, end_date),
      modify_date: null,
    })),
  );
  // Rows of the two interfaces are the same; a test may change either.
  return {
    fina_indicator: reports,
    fina_indicator_vip: reports.map((row) => ({ ...row })),
    disclosure_date: schedule,
  };
}

/** What TuShare has the day after a company has filed. */
export function reportOf(ts_code: string, end_date: string, ann_date: string): Row {
  return { ts_code, end_date, ann_date, update_flag: "1", eps: 9.5, roe: 12.25, fcff: 1e11 };
}

function versions(ts_code: string, end_date: string, eps: number): Row[] {
  const ann_date = announced(end_date);
  const corrected = { ts_code, end_date, ann_date, update_flag: "1", eps, roe: 10.5, fcff: cents(eps * 1e6) };
  if (ts_code !== "600519.SH") return [corrected];
  const first = { ...corrected, update_flag: "0", roe: 10.4, fcff: null };
  return end_date === "20230630" ? [first, corrected, { ...corrected }] : [first, corrected];
}

function filedOn(ts_code: string, end_date: string): string | null {
  if (end_date === earlyFiler.end_date) return ts_code === earlyFiler.ts_code ? earlyFiler.actual_date : null;
  return ts_code === lateFiler && end_date === newestDue ? null : announced(end_date);
}

/** 25 days after the end of the period. */
function announced(end_date: string): string {
  const end = Date.UTC(
    Number(end_date.slice(0, 4)),
    Number(end_date.slice(4, 6)) - 1,
    Number(end_date.slice(6)) + 25,
  );
  return new Date(end).toISOString().slice(0, 10).replaceAll("-", "");
}

// The interfaces with a generator of their own, as data: fields, filters, caps, points, publication hours, as TuShare's
// documents and captured answers have them. It repeats facts of the catalogue on purpose: this is an independent copy,
// so that tests find a mistake in the catalogue. Other interfaces need no entry here: default-interfaces.ts takes them
// from their dataset's file. The rows come from market.ts or captured.ts.
import { financeDefaultFields, financeNamedFields, words } from "./finance-fields.ts";

export type Field = { readonly name: string; readonly type: "text" | "number"; readonly isDefault: boolean };

/** The parameters that are set, as texts, without empty ones. */
export type Query = Readonly<Record<string, string>>;

/** A missing value is null. A text in a number field is sent as that number, with exactly its digits. */
export type Cell = string | number | null;

/** One row, in the order of the interface's fields. */
export type Row = readonly Cell[];

export type Interface = {
  readonly fields: readonly Field[];
  /** Fields that tell the rows of two captured files apart. */
  readonly key: readonly string[];
  /** The field that start_date and end_date select on; such answers come newest first. */
  readonly dateField?: string;
  /** Parameters that select on the field of the same name; others are ignored, as the upstream does. */
  readonly filters: readonly string[];
  /** Parameters that select on a field of another name. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Parameters that select on the beginning of a field: the month of a day. */
  readonly prefixes?: Readonly<Record<string, string>>;
  /** What an absent parameter means. */
  readonly defaults?: Query;
  /** Several codes in ts_code, comma-separated: all of them, or an empty answer. */
  readonly codes: "one" | "many";
  /** At least one parameter of each `oneOf` must be set; else the reply is its message. */
  readonly needs?: readonly { readonly oneOf: readonly string[]; readonly message: string }[];
  /** Largest number of rows in one reply; rows above it are cut without an error. */
  readonly rowsMax: number;
  /** Points the account needs. */
  readonly points: number;
  /** The interface's own limit, where it is below the account's. */
  readonly callsPerMinute?: number;
  /** When the rows of today appear, HH:MM in Shanghai; absent: always there. */
  readonly publishedAt?: string;
};

/** Reads a list of names; `$` after a name marks a text, `?` a field that comes only when it is named. */
function fields(list: string): Field[] {
  return words(list).map((word) => ({
    name: word.replace(/[$?]+$/, ""),
    type: word.includes("$") ? "text" : "number",
    isDefault: !word.includes("?"),
  }));
}

const bySecurityAndDay = {
  key: ["ts_code", "trade_date"],
  dateField: "trade_date",
  filters: ["ts_code", "trade_date"],
} as const;

const financeTexts = ["ts_code", "ann_date", "end_date", "update_flag"];
const finance = {
  fields: fields(
    [...words(financeDefaultFields), ...words(financeNamedFields).map((name) => `${name}?`)]
      .map((name) => (financeTexts.includes(name.replace("?", "")) ? `${name}$` : name))
      .join(" "),
  ),
  key: ["ts_code", "end_date", "ann_date", "update_flag"],
  dateField: "end_date",
  filters: ["ts_code", "ann_date", "update_flag"],
  aliases: { period: "end_date" },
  codes: "one",
} as const;

export const interfaces = {
  trade_cal: {
    fields: fields("exchange$ cal_date$ is_open pretrade_date$"),
    key: ["exchange", "cal_date"],
    dateField: "cal_date",
    filters: ["exchange", "cal_date", "is_open"],
    defaults: { exchange: "SSE" },
    codes: "one",
    rowsMax: 20000, // none is documented; answers of more than 13,000 rows have been seen
    points: 2000,
  },
  stock_basic: {
    fields:
      fields(`ts_code$ symbol$ name$ area$ industry$ fullname$? enname$? cnspell$ market$ exchange$? curr_type$?
      list_status$? list_date$ delist_date$? is_hs$? act_name$ act_ent_type$`),
    key: ["ts_code"],
    filters: ["ts_code", "name", "market", "list_status", "exchange", "is_hs"],
    defaults: { list_status: "L" },
    codes: "many",
    rowsMax: 6000,
    points: 2000,
    callsPerMinute: 50,
  },
  bse_mapping: {
    fields: fields("name$ o_code$ n_code$ list_date$"),
    key: ["o_code"],
    filters: ["o_code", "n_code"],
    codes: "one",
    rowsMax: 1000,
    points: 120,
  },
  daily: {
    ...bySecurityAndDay,
    fields: fields(
      "ts_code$ trade_date$ open high low close pre_close change pct_chg vol amount ah_vol? ah_amount?",
    ),
    codes: "many",
    rowsMax: 6000,
    points: 120,
    publishedAt: "16:00",
  },
  adj_factor: {
    ...bySecurityAndDay,
    fields: fields("ts_code$ trade_date$ adj_factor"),
    codes: "many",
    rowsMax: 6000,
    points: 2000,
    publishedAt: "09:20",
  },
  daily_basic: {
    ...bySecurityAndDay,
    fields:
      fields(`ts_code$ trade_date$ close turnover_rate turnover_rate_f volume_ratio pe pe_ttm pb ps ps_ttm dv_ratio
      dv_ttm total_share float_share free_share total_mv circ_mv limit_status?`),
    codes: "one",
    needs: [
      {
        oneOf: ["ts_code", "trade_date", "start_date", "end_date"],
        message: "参数校验失败, ts_code和日期参数至少输入一个",
      },
    ],
    rowsMax: 6000,
    points: 2000,
    publishedAt: "17:00",
  },
  suspend_d: {
    fields: fields("ts_code$ trade_date$ suspend_timing$ suspend_type$"),
    key: ["ts_code", "trade_date", "suspend_type", "suspend_timing"],
    dateField: "trade_date",
    filters: ["ts_code", "trade_date", "suspend_type"],
    codes: "many",
    rowsMax: 5000,
    points: 2000,
    publishedAt: "09:20",
  },
  fina_indicator: {
    ...finance,
    needs: [{ oneOf: ["ts_code"], message: "必填参数, ts_code" }],
    rowsMax: 100,
    points: 2000,
    callsPerMinute: 200,
  },
  fina_indicator_vip: { ...finance, rowsMax: 10000, points: 5000 },
  disclosure_date: {
    fields: fields("ts_code$ ann_date$ end_date$ pre_date$ actual_date$ modify_date$?"),
    key: ["ts_code", "end_date"],
    filters: ["ts_code", "end_date", "pre_date", "ann_date", "actual_date"],
    codes: "one",
    rowsMax: 3000,
    points: 500,
  },
  fund_basic: {
    fields:
      fields(`ts_code$ name$ management$ custodian$ fund_type$ found_date$ due_date$ list_date$ issue_date$
      delist_date$ issue_amount m_fee c_fee duration_year p_value min_amount exp_return benchmark$ status$ invest_type$
      type$ trustee$ purc_startdate$ redm_startdate$ market$`),
    key: ["ts_code"],
    filters: ["ts_code", "market", "status", "name"],
    defaults: { market: "E" },
    codes: "one",
    rowsMax: 15000,
    points: 2000,
  },
  etf_basic: {
    fields:
      fields(`ts_code$ csname$ extname$ cname$ index_code$ index_name$ setup_date$ list_date$ list_status$
      exchange$ mgr_name$ custod_name$ mgt_fee etf_type$`),
    key: ["ts_code"],
    filters: ["ts_code", "index_code", "list_date", "list_status", "exchange"],
    aliases: { mgr: "mgr_name" },
    codes: "one",
    rowsMax: 5000,
    points: 8000,
  },
  fund_daily: {
    ...bySecurityAndDay,
    fields: fields("ts_code$ trade_date$ pre_close open high low close change pct_chg vol amount"),
    codes: "one",
    needs: [{ oneOf: ["ts_code", "trade_date"], message: "参数校验失败, ts_code和trade_date至少填写一个" }],
    rowsMax: 2000, // 2000 in one edition of the documents, 5000 in another
    points: 2000,
    publishedAt: "16:00",
  },
  fund_adj: {
    ...bySecurityAndDay,
    fields: fields("ts_code$ trade_date$ adj_factor discount_rate?"),
    codes: "many",
    rowsMax: 2000,
    points: 600,
    publishedAt: "17:00",
  },
  user: {
    fields: fields("user_id$ 到期时间$ 到期积分"),
    key: ["user_id"],
    filters: [],
    codes: "one",
    rowsMax: 100,
    points: 0,
  },
} as const satisfies Record<string, Interface>;

export type InterfaceName = keyof typeof interfaces;

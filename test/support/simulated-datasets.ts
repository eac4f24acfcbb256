// Invented datasets for the default simulator and the cost figures: one of each way in which rows come, with words.
import {
  codeAndDay,
  type DatasetSpec,
  type DatasetWords,
  numbers,
  text,
} from "../../shared/catalogue/dataset.ts";
import { code, common, day } from "./invented-datasets.ts";

type Simulated = { readonly spec: DatasetSpec; readonly words: DatasetWords };

const prices = numbers("open", "high", "low", "close", "pre_close", "change", "pct_chg", "vol", "amount");
const said = (columns: DatasetWords["columns"] = {}): DatasetWords => ({
  about: { en: "", zh: "" },
  columns,
});

/** Key: the dataset's name; the interface of each is `x_` and that name. */
export const simulated = {
  flows: {
    spec: {
      ...common,
      ...{ table: "flows", key: ["ts_code", "trade_date"], slices: "days", expects: "members" },
      ...{ members: { list: "stock_list" }, dayColumn: "trade_date", publicationHour: 19 },
      main: {
        name: "x_flows",
        columns: [
          ...codeAndDay(),
          { name: "bought", type: "number", from: "buy_amount" },
          ...numbers("net_vol", "rate"),
          { name: "is_active", type: "flag" },
          ...text("level"),
        ],
        ...{ answers: ["date", "code"], points: 2_000, rowCap: 60 },
      },
      details: [
        {
          name: "x_flow_closes",
          columns: [...codeAndDay(), ...numbers("close")],
          ...{ answers: ["date", "code"], points: 5_000, rowCap: 6_000 },
        },
      ],
    },
    words: said({
      bought: ["ten thousand CNY", "", ""],
      net_vol: ["shares", "", ""],
      rate: ["percent", "", ""],
    }),
  },
  fund_shares: {
    spec: {
      ...common,
      ...{ table: "fund_shares", key: ["ts_code", "trade_date"], slices: "days", expects: "some" },
      ...{ members: { list: "etf_list" }, dayColumn: "trade_date" },
      main: {
        name: "x_fund_shares",
        columns: [...codeAndDay(), ...numbers("shares")],
        ...{ answers: ["date"], points: 2_000, rowCap: 2_000 },
      },
    },
    words: said(),
  },
  index_prices: {
    spec: {
      ...common,
      ...{ table: "index_prices", key: ["ts_code", "trade_date"], slices: "codes", expects: "members" },
      ...{ members: { codes: ["000300.SH", "399001.SZ"] }, dayColumn: "trade_date", firstDay: "20050104" },
      main: {
        name: "x_index_prices",
        columns: [...codeAndDay(), ...prices],
        ...{ answers: ["code"], requires: ["ts_code"], points: 2_000, rowCap: 8_000 },
      },
    },
    words: said({ close: ["points", "", ""], vol: ["lots", "", ""], amount: ["thousand CNY", "", ""] }),
  },
  index_members: {
    spec: {
      ...common,
      ...{ table: "index_members", key: ["index_code", "con_code", "trade_date"], slices: "codes" },
      ...{ expects: "some", members: { codes: ["000300.SH"] }, dayColumn: "trade_date" },
      main: {
        name: "x_index_members",
        columns: [
          { name: "index_code", type: "code", required: true },
          { name: "con_code", type: "code", required: true },
          ...[day("trade_date"), ...numbers("weight")],
        ],
        ...{ answers: ["code"], parameters: { ts_code: "index_code" }, points: 2_000, rowCap: 6_000 },
      },
    },
    words: said({ weight: ["percent", "", ""] }),
  },
  statements: {
    spec: {
      ...common,
      ...{ table: "statements", key: ["ts_code", "end_date", "update_flag"], slices: "periods" },
      ...{
        expects: "members",
        members: { list: "stock_list" },
        filedIn: "disclosure",
        dayColumn: "end_date",
      },
      main: {
        name: "x_statements",
        columns: [code, day("end_date"), day("ann_date"), ...text("update_flag"), ...numbers("revenue")],
        ...{ answers: ["code"], requires: ["ts_code"], points: 2_000, rowCap: 1_000 },
      },
      byPeriod: {
        name: "x_statements_vip",
        columns: [code, day("end_date"), day("ann_date"), ...text("update_flag"), ...numbers("revenue")],
        ...{ answers: ["period"], points: 5_000, rowCap: 5_000 },
      },
    },
    words: said({ revenue: ["CNY", "", ""] }),
  },
  notices: {
    spec: {
      ...common,
      ...{ table: "notices", key: ["ts_code", "ann_date"], slices: "announcements", expects: "none" },
      ...{ replacesSlice: true, dayColumn: "ann_date" },
      main: {
        name: "x_notices",
        columns: [code, day("ann_date"), day("end_date"), ...text("holder_name"), ...numbers("holder_num")],
        ...{ answers: ["announced", "code"], points: 600, rowCap: 3_000 },
      },
    },
    words: said({ holder_num: ["times", "", ""] }),
  },
  month_prices: {
    spec: {
      ...common,
      ...{ table: "month_prices", key: ["ts_code", "trade_date"], slices: "months", expects: "members" },
      ...{ members: { list: "stock_list" }, dayColumn: "trade_date" },
      main: {
        name: "x_month_prices",
        columns: [...codeAndDay(), ...prices],
        ...{ answers: ["month"], points: 2_000, rowCap: 4_500 },
      },
    },
    words: said({ pct_chg: ["ratio", "", ""], vol: ["shares", "", ""], amount: ["CNY", "", ""] }),
  },
  loans: {
    spec: {
      ...common,
      ...{ table: "loans", key: ["trade_date", "exchange_id"], slices: "ranges", expects: "some" },
      ...{ rangeDays: 30, dayColumn: "trade_date", firstDay: "20100331" },
      main: {
        name: "x_loans",
        columns: [day("trade_date"), ...text("exchange_id"), ...numbers("balance")],
        ...{ answers: ["range"], points: 2_000, rowCap: 4_000 },
      },
    },
    words: said({ balance: ["CNY", "", ""] }),
  },
  money: {
    spec: {
      ...common,
      ...{ table: "money", key: ["month"], slices: "lists", expects: "before" },
      lists: () => [],
      main: {
        name: "x_money",
        columns: [...text("month"), ...numbers("m0", "m0_yoy")],
        ...{ answers: [], points: 600, rowCap: 5_000 },
      },
    },
    words: said({ m0_yoy: ["percent", "", ""] }),
  },
  companies: {
    spec: {
      ...common,
      ...{ table: "companies", key: ["ts_code"], slices: "lists", expects: "before" },
      members: { list: "stock_list" },
      lists: () => [],
      main: {
        name: "x_companies",
        columns: [code, ...text("exchange", "name"), day("setup_date"), ...text("kind")],
        ...{ answers: ["exchange"], parameters: { list_status: null }, always: { kind: "C" } },
        ...{ keeps: { name: /./ }, points: 120, rowCap: 4_500 },
      },
    },
    words: said(),
  },
} as const satisfies Readonly<Record<string, Simulated>>;

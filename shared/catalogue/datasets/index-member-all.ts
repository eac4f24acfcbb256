// Which stock belongs to which of Shenwan's industries, now and before. TuShare answers only the present members unless
// it is asked for the past ones. The past has holes, and is told in the classification of 2021.
import { type DatasetSpec, type DatasetWords, days, text } from "../dataset.ts";

export const spec = {
  title: { en: "Shenwan members", zh: "申万行业成分" },
  table: "index_member_all",
  key: ["ts_code", "l3_code", "in_date"],
  main: {
    name: "index_member_all",
    columns: [
      { name: "l1_code", type: "code" },
      ...text("l1_name"),
      { name: "l2_code", type: "code" },
      ...text("l2_name"),
      { name: "l3_code", type: "code" },
      ...text("l3_name"),
      { name: "ts_code", type: "code", required: true },
      ...text("name"),
      ...days("in_date", "out_date"),
      ...text("is_new"),
    ],
    answers: ["whole"],
    each: { parameter: "is_new", values: ["Y", "N"] },
    absent: { is_new: "Y" },
    points: 2_000,
    rowCap: 2_000,
  },
  details: [],
  slices: "lists",
  expects: "before",
  rowsOfSlice: 5_900,
  set: "index",
  cadence: "weekly",
  documentation: [335],
  lists: () => [{ by: "whole" }],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Stocks of Shenwan's industries, present and past, from the interface index_member_all",
    zh: "申万行业成分股，含历史成分，来自接口 index_member_all",
  },
  // biome-ignore format: one line a column
  columns: {
    l1_code: ["none", "Code of the industry at the first level", "一级行业代码"],
    l1_name: ["none", "Its name", "一级行业名称"],
    l2_code: ["none", "Code of the industry at the second level", "二级行业代码"],
    l2_name: ["none", "Its name", "二级行业名称"],
    l3_code: ["none", "Code of the industry at the third level", "三级行业代码"],
    l3_name: ["none", "Its name", "三级行业名称"],
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    name: ["none", "Short name", "证券简称"],
    in_date: ["none", "First day in the industry", "纳入日"],
    out_date: ["none", "Day on which it left; null while it is a member", "剔除日；仍为成分时为空"],
    is_new: ["none", "Y for a present member, N for a past one", "Y 为当前成分，N 为历史成分"],
  },
};

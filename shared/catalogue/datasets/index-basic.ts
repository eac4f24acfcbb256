// Every index that TuShare knows. One call has at most 8,000 of them, so each market is asked for by itself.
import { type DatasetSpec, type DatasetWords, days, numbers, onDemand, text } from "../dataset.ts";

export const spec = {
  title: { en: "index list", zh: "指数列表" },
  table: "index_basic",
  key: ["ts_code"],
  main: {
    name: "index_basic",
    columns: [
      { name: "ts_code", type: "code", required: true },
      ...text("name"),
      ...onDemand(text("fullname")),
      ...text("market", "publisher"),
      ...onDemand(text("index_type")),
      ...text("category"),
      ...days("base_date"),
      ...numbers("base_point"),
      ...days("list_date"),
      ...onDemand(text("weight_rule")),
      { name: "description", type: "text", from: "desc", onDemand: true },
      ...onDemand(days("exp_date")),
    ],
    answers: ["whole"],
    each: { parameter: "market", values: ["MSCI", "CSI", "SSE", "SZSE", "CICC", "SW", "OTH"] },
    points: 2_000,
    rowCap: 8_000, // undocumented, measured in 2026
  },
  details: [],
  slices: "lists",
  expects: "before",
  rowsOfSlice: 10_900,
  set: "index",
  cadence: "weekly",
  documentation: [94],
  lists: () => [{ by: "whole" }],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Indices, from the interface index_basic",
    zh: "指数列表，来自接口 index_basic",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "Code of the index, such as 000300.SH", "指数代码，如 000300.SH"],
    name: ["none", "Short name", "指数简称"],
    fullname: ["none", "Full name", "指数全称"],
    market: ["none", "Market or provider, MSCI, CSI, SSE, SZSE, CICC, SW or OTH", "市场或服务商，MSCI、CSI、SSE、SZSE、CICC、SW 或 OTH"],
    publisher: ["none", "Publisher", "发布方"],
    index_type: ["none", "Index style", "风格"],
    category: ["none", "Category", "类别"],
    base_date: ["none", "Base day; null when TuShare has none", "基期；TuShare 未提供时为空"],
    base_point: ["points", "Value on the base day", "基期点位"],
    list_date: ["none", "Day of its first publication", "发布日"],
    weight_rule: ["none", "Weighting rule", "加权方式"],
    description: ["none", "What it measures", "指数说明"],
    exp_date: ["none", "Last day; null while it is published", "终止日；仍在发布时为空"],
  },
};

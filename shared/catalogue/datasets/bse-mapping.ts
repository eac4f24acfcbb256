// Old and new codes of the stocks that the Beijing exchange moved to its 920 codes. Other stocks that got another code are
// in ../code-moves.ts.
import { type DatasetSpec, type DatasetWords, text } from "../dataset.ts";

export const spec = {
  title: { en: "old codes of the Beijing exchange", zh: "北交所新旧代码对照" },
  table: "bse_mapping",
  key: ["o_code"],
  main: {
    name: "bse_mapping",
    fields: "name o_code n_code list_date",
    columns: [
      { name: "o_code", type: "code", required: true },
      { name: "n_code", type: "code", required: true },
      ...text("name"),
      { name: "list_date", type: "day" },
    ],
    answers: ["whole"],
    points: 120,
    rowCap: 1_000,
    optional: true, // only some other stocks need it: without it the daily data is as good as before
  },
  details: [],
  slices: "lists",
  expects: "none",
  set: "core",
  place: 8,
  cadence: "morning",
  jobs: { list: "REFERENCE" },
  documentation: [375],
  lists: () => [{ by: "whole" }],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Old and new codes of the stocks of the Beijing exchange that moved on 9 October 2025, from the interface bse_mapping",
    zh: "北交所 2025 年 10 月 9 日切换代码的股票的新旧代码，来自接口 bse_mapping",
  },
  // biome-ignore format: one line a column
  columns: {
    o_code: ["none", "Code before the move, such as 430047.BJ", "切换前的代码，如 430047.BJ"],
    n_code: ["none", "Code since the move, such as 920047.BJ", "切换后的代码，如 920047.BJ"],
    name: ["none", "Short name", "证券简称"],
    list_date: ["none", "Day of listing, which the move does not change", "上市日，不因切换代码而改变"],
  },
};

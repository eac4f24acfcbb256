// Gross domestic product by quarter, all in one call.
import { type DatasetSpec, type DatasetWords, numbers } from "../dataset.ts";

export const spec = {
  title: { en: "gross domestic product", zh: "国内生产总值" },
  table: "cn_gdp",
  key: ["quarter"],
  main: {
    name: "cn_gdp",
    columns: [
      { name: "quarter", type: "text", required: true },
      ...numbers("gdp", "gdp_yoy", "pi", "pi_yoy", "si", "si_yoy", "ti", "ti_yoy"),
    ],
    answers: ["whole"],
    selects: { q: "quarter" },
    points: 600,
    rowCap: 10_000,
  },
  details: [],
  slices: "lists",
  expects: "before",
  rowsOfSlice: 140,
  set: "macro",
  cadence: "morning",
  documentation: [227],
  lists: () => [{ by: "whole" }],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Gross domestic product, summed since January of each year, from the interface cn_gdp",
    zh: "国内生产总值，为年初以来累计值，来自接口 cn_gdp",
  },
  // biome-ignore format: one line a column
  columns: {
    quarter: ["none", "Quarter, such as 2019Q1", "季度，如 2019Q1"],
    gdp: ["hundred million CNY", "Gross domestic product since January", "国内生产总值累计"],
    gdp_yoy: ["percent", "Its growth on the year before", "国内生产总值同比"],
    pi: ["hundred million CNY", "Primary sector since January", "第一产业累计"],
    pi_yoy: ["percent", "Its growth on the year before", "第一产业同比"],
    si: ["hundred million CNY", "Secondary sector since January", "第二产业累计"],
    si_yoy: ["percent", "Its growth on the year before", "第二产业同比"],
    ti: ["hundred million CNY", "Tertiary sector since January", "第三产业累计"],
    ti_yoy: ["percent", "Its growth on the year before", "第三产业同比"],
  },
};

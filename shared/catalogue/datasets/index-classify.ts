// Shenwan's industries, in the versions of 2014 and 2021.
import { type DatasetSpec, type DatasetWords, text } from "../dataset.ts";

export const spec = {
  title: { en: "Shenwan industries", zh: "申万行业分类" },
  table: "index_classify",
  key: ["src", "index_code"],
  main: {
    name: "index_classify",
    columns: [
      { name: "index_code", type: "code", required: true },
      ...text("industry_name", "parent_code", "level", "industry_code", "is_pub"),
      { name: "src", type: "text", required: true, onDemand: true },
    ],
    answers: ["whole"],
    each: { parameter: "src", values: ["SW2014", "SW2021"] },
    absent: { src: "SW2014" },
    points: 2_000,
    rowCap: 2_000, // undocumented; the larger version has 511 rows
  },
  details: [],
  slices: "lists",
  expects: "before",
  rowsOfSlice: 511,
  set: "index",
  cadence: "weekly",
  documentation: [181],
  lists: () => [{ by: "whole" }],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Industries of Shenwan's classification, from the interface index_classify",
    zh: "申万行业分类，来自接口 index_classify",
  },
  // biome-ignore format: one line a column
  columns: {
    index_code: ["none", "Code of the industry's index", "行业指数代码"],
    industry_name: ["none", "Name of the industry", "行业名称"],
    parent_code: ["none", "industry_code of the parent, 0 at the first level", "上级行业的 industry_code，一级为 0"],
    level: ["none", "Level, L1, L2 or L3", "层级，L1、L2 或 L3"],
    industry_code: ["none", "Code of the industry", "行业代码"],
    is_pub: ["none", "1 when the index is published; null in the version of 2014", "是否发布指数；2014 版为空"],
    src: ["none", "Version, SW2014 or SW2021", "版本，SW2014 或 SW2021"],
  },
};

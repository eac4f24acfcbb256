// A dataset that is in no catalogue, as its author would write the file.

import type { DatasetFile } from "../../schema/tables.ts";
import { codeAndDay, type DatasetSpec, type DatasetWords, numbers } from "../../shared/catalogue/dataset.ts";

const spec = {
  title: { en: "invented prices", zh: "虚构行情" },
  table: "invented_daily",
  key: ["ts_code", "trade_date"],
  main: {
    name: "invented_daily",
    columns: [...codeAndDay(), { name: "close", type: "number", required: true }, ...numbers("vol")],
    answers: ["date", "code"],
    points: 120,
    rowCap: 6_000,
  },
  details: [],
  slices: "days",
  expects: "some",
  dayColumn: "trade_date",
  set: "index",
  cadence: "evening",
  documentation: [1],
} as const satisfies DatasetSpec;

const words: DatasetWords = {
  about: { en: "Prices of nothing", zh: "虚构的行情" },
  columns: {
    ts_code: ["none", "TuShare code of the author's own", "代码"],
    trade_date: ["none", "Trading day", "交易日"],
    close: ["points", "Closing level", "收盘点位"],
    vol: ["lots", "Volume; null when nothing was traded", "成交量；无成交时为空"],
  },
};

/** The file, with other fields where a test wants them. */
export function inventedFile(
  changes: { file?: string; spec?: Partial<DatasetSpec>; words?: Partial<DatasetWords> } = {},
): DatasetFile {
  return {
    file: changes.file ?? "invented-daily.ts",
    spec: { ...spec, ...changes.spec },
    words: { ...words, ...changes.words },
  };
}

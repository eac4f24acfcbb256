// The slices that a dataset is fetched in: what one unit covers.
import * as z from "zod/mini";
import { codePattern } from "../words/codes.ts";
import { addDays, type Day, isDay } from "./dates.ts";

const day = z.string().check(z.refine(isDay, "expected a day as YYYYMMDD"));
/** A month as YYYYMM. */
const month = z.string().check(z.refine((text) => isDay(`${text}01`), "expected a month as YYYYMM"));
const code = z.string().check(z.regex(codePattern));

export const selectorSchema = z.discriminatedUnion("by", [
  z.object({ by: z.literal("date"), trade_date: day }),
  z.object({ by: z.literal("code"), ts_code: code, from: day, to: day }),
  z.object({ by: z.literal("calendar"), exchange: z.literal("SSE"), from: day, to: day }),
  z.object({ by: z.literal("list_status"), list_status: z.enum(["L", "D", "P"]) }),
  z.object({
    by: z.literal("exchange"),
    exchange: z.enum(["SH", "SZ"]),
    list_status: z.enum(["L", "D", "P"]),
  }),
  z.object({ by: z.literal("whole") }),
  z.object({ by: z.literal("period"), period: day }),
  z.object({ by: z.literal("announced"), ann_date: day }),
  z.object({ by: z.literal("month"), month }),
  z.object({ by: z.literal("range"), from: day, to: day }),
]);

export type Selector = z.infer<typeof selectorSchema>;

/** The days that a slice covers, both included; undefined for a whole list. */
export function daysOf(selector: Selector): { readonly from: Day; readonly to: Day } | undefined {
  switch (selector.by) {
    case "date":
      return { from: selector.trade_date, to: selector.trade_date };
    case "announced":
      return { from: selector.ann_date, to: selector.ann_date };
    case "period":
      return { from: selector.period, to: selector.period };
    case "month": {
      const { from, next } = { from: `${selector.month}01`, next: addDays(`${selector.month}28`, 4) };
      return { from, to: addDays(`${next.slice(0, 6)}01`, -1) };
    }
    case "code":
    case "range":
    case "calendar":
      return { from: selector.from, to: selector.to };
    case "list_status":
    case "exchange":
    case "whole":
      return undefined;
  }
}

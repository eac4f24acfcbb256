// The slices that a dataset is fetched in: what one unit covers.
import * as z from "zod/mini";
import { codePattern } from "../words/codes.ts";
import { isDay } from "./dates.ts";

const day = z.string().check(z.refine(isDay, "expected a day as YYYYMMDD"));
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
  z.object({ by: z.literal("period"), period: day }),
]);

export type Selector = z.infer<typeof selectorSchema>;

// The unit: the smallest piece that succeeds or fails whole, and the message that carries it.
import * as z from "zod/mini";
import type { InterfaceSpec } from "./catalogue/dataset.ts";
import { type Catalogue, type DatasetName, datasets } from "./catalogue/datasets.ts";
import { type JobType, jobTypes } from "./catalogue/jobs.ts";
import { type Selector, selectorSchema } from "./catalogue/selector.ts";
import { SyncError } from "./errors.ts";
import { say } from "./words/say.ts";

const unitSchema = z.object({
  version: z.literal(1),
  task_id: z.uuid(),
  sequence: z.int().check(z.positive()),
  job_type: z.enum(jobTypes),
  dataset: z.string(),
  unit_key: z.string().check(z.maxLength(200)),
  selector: selectorSchema,
  /** 0 when first sent; n for the nth retry of its failure record. */
  retry: z.int().check(z.nonnegative()),
});

export type Unit = z.infer<typeof unitSchema> & { readonly dataset: DatasetName };

/** What the planner makes; the ledger adds the task and the sequence. `retry` continues the count of a failure record. */
export type PlannedUnit = {
  readonly dataset: DatasetName;
  readonly selector: Selector;
  readonly retry?: number;
  /** Its answer is compared with the stored rows and not stored. */
  readonly compares?: true;
};

export function encodeUnit(unit: Unit): string {
  return JSON.stringify(unit);
}

/**
 * @param known the catalogue that must contain the unit's dataset
 * @throws SyncError permanent, when the text is not a unit of a version we know. Never quotes the text.
 */
export function decodeUnit(text: string, known: Catalogue = datasets): Unit {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SyncError("permanent", say("messageNotJson", { count: text.length }));
  }
  const parsed = z.safeParse(unitSchema, value);
  const wrong = parsed.error?.issues.map((issue) => issue.path.join(".") || "the whole message") ?? [];
  if (parsed.success && !Object.hasOwn(known, parsed.data.dataset)) wrong.push("dataset");
  if (wrong.length > 0) throw new SyncError("permanent", say("messageNotUnit", { fields: wrong.join(", ") }));
  return parsed.data as Unit; // as: its dataset is one of the catalogue
}

/** Unit of a ledger row, checked like a message. */
export function unitFrom(row: {
  task_id: string;
  sequence: number;
  job_type: JobType;
  dataset: string;
  unit_key: string;
  selector: string;
  retry?: number;
}): Unit {
  return decodeUnit(JSON.stringify({ version: 1, retry: 0, ...row, selector: JSON.parse(row.selector) }));
}

/**
 * A readable key; the same work has the same key in every task. A comparison has another one: its failure is not that of
 * the unit that stores.
 */
export function unitKey({ dataset, selector, compares }: PlannedUnit): string {
  const key = sliceKey({ dataset, selector });
  return compares ? `compare/${key}` : key;
}

/** The key of the unit that stores a slice. */
function sliceKey({ dataset, selector }: Pick<PlannedUnit, "dataset" | "selector">): string {
  switch (selector.by) {
    case "date":
      return `${dataset}/${selector.trade_date}`;
    case "code":
      return `${dataset}/${selector.ts_code}/${selector.from}-${selector.to}`;
    case "calendar":
      return `${dataset}/${selector.exchange}/${selector.from}-${selector.to}`;
    case "list_status":
      return `${dataset}/${selector.list_status}`;
    case "exchange":
      return `${dataset}/${selector.exchange}/${selector.list_status}`;
    case "whole":
      return `${dataset}/whole`;
    case "period":
      return `${dataset}/${selector.period}`;
    case "announced":
      return `${dataset}/${selector.ann_date}`;
    case "month":
      return `${dataset}/${selector.month}`;
    case "range":
      return `${dataset}/${selector.from}-${selector.to}`;
  }
}

/** TuShare's parameters for a selector. */
export function paramsOf(spec: InterfaceSpec, selector: Selector): Record<string, string> {
  const named = Object.entries(rawParams(selector)).flatMap(([name, value]) => {
    const theirs = spec.parameters?.[name];
    return theirs === null ? [] : [[theirs ?? name, value] as const];
  });
  return { ...Object.fromEntries(named), ...spec.always };
}

function rawParams(selector: Selector): Record<string, string> {
  switch (selector.by) {
    case "date":
      return { trade_date: selector.trade_date };
    case "code":
      return { ts_code: selector.ts_code, start_date: selector.from, end_date: selector.to };
    case "calendar":
      return { exchange: selector.exchange, start_date: selector.from, end_date: selector.to };
    case "list_status":
      return { list_status: selector.list_status };
    case "exchange":
      return { exchange: selector.exchange, list_status: selector.list_status };
    case "whole":
      return {};
    case "period":
      return { period: selector.period };
    case "announced":
      return { ann_date: selector.ann_date };
    case "month":
      return { month: selector.month };
    case "range":
      return { start_date: selector.from, end_date: selector.to };
  }
}

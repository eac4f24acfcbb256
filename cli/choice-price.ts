// The price of a choice of datasets before anything is deployed: calls, minutes and dollars of ten years and of an evening,
// from the datasets' files. `plan JOB` counts what a stack lacks instead.
import { type Choice, pointsFor } from "../shared/catalogue/chosen-datasets.ts";
import { interfacesOf } from "../shared/catalogue/dataset.ts";
import type { Dataset } from "../shared/catalogue/datasets.ts";
import type { Settings } from "../shared/catalogue/settings.ts";
import { slotSeconds } from "../shared/catalogue/slot.ts";
import { tierOfCalls } from "../shared/catalogue/tiers.ts";
import { awakeMinutesOf, costOfTenYears, storedMonthOf } from "./cost.ts";
import { figuresOf } from "./dataset-figures.ts";

export type DatasetPrice = {
  readonly name: string;
  /** Points that an account needs. */
  readonly points: number;
  /** Of a set: the account has too few points, and it is not tried. */
  readonly isBeyondPoints: boolean;
  /** Ten years, fetched once. */
  readonly tenYears: {
    readonly calls: number;
    readonly rows: number;
    readonly minutes: number;
    readonly dollars: number;
  };
  /** An evening of a weekday, with what is fetched again. */
  readonly evening: { readonly calls: number; readonly minutes: number };
  /** Dollars a month to store ten years of it. */
  readonly storedMonth: number;
};

export type ChoicePrice = {
  /** The account's points, as they follow from its calls a minute. */
  readonly points: number;
  readonly datasets: readonly DatasetPrice[];
  /** Of those that are tried. */
  readonly all: Pick<DatasetPrice, "tenYears" | "evening" | "storedMonth">;
  /** Minutes of a weekday on which the schedules keep the database awake. */
  readonly awakeMinutes: number;
};

export function priceOfChoice({ datasets, beyondPoints }: Choice, settings: Settings): ChoicePrice {
  const tried = datasets.map((dataset) => priceOfDataset(dataset, settings, false));
  const sum = (of: (price: DatasetPrice) => number) => tried.reduce((total, price) => total + of(price), 0);
  return {
    points: tierOfCalls(settings.TUSHARE_CALLS_A_MINUTE).points,
    datasets: [...tried, ...beyondPoints.map((dataset) => priceOfDataset(dataset, settings, true))],
    all: {
      tenYears: {
        calls: sum(({ tenYears }) => tenYears.calls),
        rows: sum(({ tenYears }) => tenYears.rows),
        minutes: sum(({ tenYears }) => tenYears.minutes),
        dollars: sum(({ tenYears }) => tenYears.dollars),
      },
      evening: {
        calls: sum(({ evening }) => evening.calls),
        minutes: sum(({ evening }) => evening.minutes),
      },
      storedMonth: sum(({ storedMonth }) => storedMonth),
    },
    awakeMinutes: awakeMinutesOf(datasets, "weekday").awake,
  };
}

function priceOfDataset(dataset: Dataset, settings: Settings, isBeyondPoints: boolean): DatasetPrice {
  const { evening, reread, tenYears } = figuresOf(dataset);
  const { WORKER_SLOTS: slots, TUSHARE_MIN_INTERVAL: interval } = settings;
  const minutes = (turns: number) => (turns * interval) / 60;
  const interfaces = interfacesOf(dataset).length;
  return {
    name: dataset.name,
    points: pointsFor(dataset),
    isBeyondPoints,
    tenYears: {
      calls: Math.ceil(tenYears.calls),
      rows: tenYears.rows,
      minutes: minutes(tenYears.calls / interfaces), // interfaces are called in parallel, pages in sequence
      dollars:
        dataset.slices === "lists"
          ? 0
          : costOfTenYears(dataset, slotSeconds(slots, interval), 60 / interval).dollars,
    },
    evening: {
      calls: Math.ceil(evening.calls + reread.calls),
      minutes: minutes(evening.units + reread.units),
    },
    storedMonth: storedMonthOf(dataset),
  };
}

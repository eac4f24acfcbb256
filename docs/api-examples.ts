// One example of each operation, run on a small market in memory. `finds` gives the task that exists before it.
export type Example = {
  /** The existing task of DAILY_HISTORY: none, a running one, a paused one, or one that failed with a record. Or a verification. */
  readonly finds?: "live" | "paused" | "failed" | "verification";
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: object;
  readonly key?: string;
  /** The fields to show of a long answer. */
  readonly shows?: readonly string[];
};

const year = { from: "2024-01-02", to: "2024-01-17" };
const daily = { ts_code: "600519.SH" };

export const examples: Readonly<Record<string, Example>> = {
  listJobs: { finds: "live" },
  runJob: { path: { job_type: "DAILY_HISTORY" }, body: { ...year, refresh: true }, key: "backfill-2024" },
  syncStockDailyHistory: { body: { codes: ["600519.SH", "000001.SZ"] }, key: "two-stocks" },
  syncStockDailyIncrement: {},
  retryStockDailyFailures: { finds: "failed" },
  syncEtfLists: {},
  syncEtfPrices: { body: { days: 30 } },
  syncFinanceHistory: { body: { from: "20200101" } },
  syncFinanceIncrement: {},
  listTasks: { finds: "live", query: "status=RUNNING&limit=1" },
  readTask: { finds: "live" },
  pauseTask: { finds: "live" },
  resumeTask: { finds: "paused" },
  cancelTask: { finds: "live" },
  listFailures: { finds: "failed", query: "resolved=false&needs_person=true" },
  retryFailure: { finds: "failed" },
  dismissFailure: { finds: "failed", body: { reason: "the fund was wound up" } },
  listInstruments: { query: "is_etf=Y&exchange=SSE&limit=1" },
  countEtfs: {},
  readInstrument: { path: { ts_code: "510300.SH" } },
  readDailyOfCode: { path: daily, query: "from=20240102&to=20240131&adjust=qfq&limit=1" },
  readDailyOfDay: { query: "trade_date=2024-01-17&is_etf=N&limit=1" },
  readFinance: { path: daily, query: "as_of=2024-01-17" },
  listDatasets: {},
  readDataset: { path: { dataset: "etf_daily" } },
  readRows: { path: { dataset: "stock_list" }, query: "code=600519.SH" },
  readOrigin: {},
  readCoverage: { query: "from=20240116&to=20240117" },
  readDatasetCoverage: { path: { dataset: "etf_daily" }, query: "from=20240117&to=20240117" },
  readDayNames: { path: { dataset: "etf_daily", day: "20240117" }, query: "limit=1" },
  readCodeCoverage: { path: { dataset: "etf_daily", ts_code: "510300.SH" }, query: "from=20240115" },
  listRevisions: { query: "dataset=stock_daily&code=600519.SH&limit=1" },
  startVerification: { body: { dataset: "stock_daily", ...year } },
  listVerifications: { finds: "verification", query: "limit=1" },
  readVerification: {
    finds: "verification",
    query: "limit=100",
    shows: ["id", "dataset", "from", "to", "status", "verdict", "counts", "findings", "next_cursor"],
  },
  readDescription: { shows: ["openapi", "info", "servers"] },
};

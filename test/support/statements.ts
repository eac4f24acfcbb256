// Every statement the functions run, by name, with parameters as they come: run through the function that contains it.
// test/statements.test.ts and the bench EXPLAIN them all; a statement that is missing here fails the test.
import { type Column, columnsOf } from "../../shared/catalogue/dataset.ts";
import { type Dataset, datasets, datasetsByDay } from "../../shared/catalogue/datasets.ts";
import { jobTypes } from "../../shared/catalogue/jobs.ts";
import { newestPeriods, periodsBetween } from "../../shared/catalogue/periods.ts";
import type { Selector } from "../../shared/catalogue/selector.ts";
import { readSettings } from "../../shared/catalogue/settings.ts";
import { openDaysIn, readCalendar } from "../../shared/coverage/calendar.ts";
import * as coverage from "../../shared/coverage/coverage.ts";
import { countFailedChecks, readChecks } from "../../shared/coverage/data-checks.ts";
import { forgetDays, readDays } from "../../shared/coverage/days.ts";
import { fetchedCodes, fetchedDays, fetchedSlices, leastFetched } from "../../shared/coverage/fetched.ts";
import { filings, hasRows } from "../../shared/coverage/filings.ts";
import { areFresh, codesLost, readLists } from "../../shared/coverage/list-coverage.ts";
import { missingCells, missingRanges } from "../../shared/coverage/missing.ts";
import { absenceReasons, absentOn, readCodeCoverage } from "../../shared/coverage/names.ts";
import * as reported from "../../shared/coverage/period-coverage.ts";
import { readReach } from "../../shared/coverage/reach.ts";
import { firstDayAsked, readCoverage, readFreshness } from "../../shared/coverage/stored-days.ts";
import { SyncError } from "../../shared/errors.ts";
import * as comparisons from "../../shared/ledger/comparisons.ts";
import {
  dismissFailure,
  type Failure,
  failedUnits,
  recordFailure,
  recordOrphan,
  unresolvedUnits,
} from "../../shared/ledger/failures.ts";
import { marksAround } from "../../shared/ledger/list-answers.ts";
import * as origins from "../../shared/ledger/origin.ts";
import * as prune from "../../shared/ledger/prune.ts";
import { classFactors, explainRefusal, settleEmptied } from "../../shared/ledger/revisions.ts";
import * as stalled from "../../shared/ledger/stalled.ts";
import * as tasks from "../../shared/ledger/tasks.ts";
import { claimUnit, markNotDue, mergeRows, noteAttempt, storeUnit } from "../../shared/ledger/units.ts";
import * as verified from "../../shared/ledger/verifications.ts";
import { countInstruments } from "../../shared/plan/price-run.ts";
import type { Database, SqlRow } from "../../shared/ports.ts";
import {
  chartedCode,
  dailyOfCode,
  linesOfCode,
  linesOfDay,
  newestTradeDate,
  pageOfCode,
  pageOfDay,
} from "../../shared/reads/daily.ts";
import { linesOfDataset, readStored } from "../../shared/reads/datasets.ts";
import { linesOfReports, reportsOfCode } from "../../shared/reads/finance.ts";
import * as instruments from "../../shared/reads/instruments.ts";
import { countOpenFailures, newestTasks } from "../../shared/reads/ledger.ts";
import * as progress from "../../shared/reads/progress.ts";
import { readRevisions } from "../../shared/reads/revisions.ts";
import { readFindings, readVerification, readVerifications } from "../../shared/reads/verifications.ts";
import { tooManyChanges } from "../../shared/rows/revise.ts";
import type { Cell, Table } from "../../shared/rows/rows.ts";
import { makeDoor } from "../../shared/tushare-door/answer.ts";
import { firstFiledNotStored, wasAnsweredBy } from "../../shared/tushare-door/whole.ts";
import type { PlannedUnit, Unit } from "../../shared/unit.ts";
import { unitsOfDays } from "./a-unit.ts";
import { newestDay, origin, pausedTask, runningTask } from "./large-mirror.ts";

export type Statement = {
  readonly name: string;
  /** Why it may read more than a tenth of a large table. */
  readonly readsMuch?: string;
  ask(database: Database): Promise<unknown>;
};

const now = new Date("2026-11-21T10:00:00Z");
const day = newestDay;
const lately = { from: "20260828", to: newestDay }; // sixty open days
const thisMonth = { from: "20261101", to: newestDay };
const always = { from: "20100101", to: newestDay };
const stock = "600007.SH";
const shareMax = 100; // the statements change what the mirror was filled with
const etf = "510007.SH";
const { stock_daily, etf_daily, suspend_d, index_daily, stock_list, disclosure, finance: reports } = datasets;
const suspensions = stock_daily.explainedBy ?? stock_daily;
const absence = { trade_date: day, ts_code: stock, interface: "daily" };
const settled = {
  absences: [{ ...absence, reason: "unexplained" as const, isFinal: false }],
  wholeDay: { trade_date: day, expected: 9, expectedKey: "7", stored: 8, explained: 0, unexplained: 1 },
};
const periods = newestPeriods("20261121", 24);

/** @param codesMax stocks of one query: the maximum for a whole market, a few for a small one */
export function statementsOf({ stocks, codesMax }: { stocks: number; codesMax: number }): Statement[] {
  const codes = Array.from({ length: codesMax }, (_, at) => `${600001 + at}.SH`);
  const market = Array.from({ length: stocks }, (_, at) => `${600001 + at}.SH`);
  return [
    ...coverageStatements(codes),
    ...financeStatements(codes),
    ...reads,
    ...asTuShare,
    ...ledger(market, market.slice(0, 9)),
  ];
}

/** What is asked in TuShare's protocol. */
const asTuShare: readonly Statement[] = [
  { name: "makeDoor, bars of a code", ask: ask("daily", { ts_code: stock, start_date: lately.from }) },
  { name: "makeDoor, bars of a day", ask: ask("daily", { trade_date: day }) },
  {
    name: "makeDoor, reports of a code",
    ask: ask("fina_indicator", { ts_code: stock, start_date: "20240101" }),
    readsMuch: "the rows of each period's answer, when no period is named",
  },
  {
    name: "firstFiledNotStored",
    ask: (database) => firstFiledNotStored(database, reports, lately, [stock], lately.to),
  },
  {
    name: "wasAnsweredBy",
    ask: (database) => wasAnsweredBy(database, datasets.etf_list, datasets.etf_list.main),
  },
];

function ask(api_name: string, params: object): Statement["ask"] {
  const body = JSON.stringify({ api_name, params, token: "any" });
  return (database) =>
    makeDoor({ database, settings: readSettings({}) })({
      ...{ body, isLenient: false, requestId: "1", now },
    });
}

const coverageStatements = (codes: readonly string[]): Statement[] => [
  { name: "readCalendar", ask: readCalendar },
  { name: "newestStoredDay, stocks", ask: (database) => coverage.newestStoredDay(database, stock_daily) },
  { name: "newestStoredDay, ETFs", ask: (database) => coverage.newestStoredDay(database, etf_daily) },
  { name: "missingSlices, days of events", ask: (database) => missingDays(database, suspend_d) },
  {
    name: "readDays, of days that are not stored",
    ask: (database) => readDays(database, stock_daily, { from: "20100101", to: "20151231" }, false),
  },
  { name: "readDays, to read", ask: (database) => readDays(database, stock_daily, lately, false) },
  { name: "readDays, kept", ask: (database) => readDays(database, stock_daily, lately, true) },
  { name: "readDays, of ETFs", ask: (database) => readDays(database, etf_daily, lately, true) },
  { name: "readDays, of codes", ask: (database) => readDays(database, index_daily, lately, true) },
  { name: "missingCells", ask: (database) => missingCells(database, stock_daily, [day], 100) },
  { name: "newestStoredDay, by code", ask: (database) => coverage.newestStoredDay(database, byCode) },
  {
    name: "missingSlices, months and ranges",
    ask: (database) => coverage.missingSlices(database, stock_daily, longSlices),
  },
  { name: "listedCodes, named and stored", ask: (database) => coverage.listedCodes(database, byCode) },
  {
    name: "unansweredRanges, by code, also of closed days",
    ask: (database) =>
      coverage.unansweredRanges(database, { ...byCode, expects: "none" }, codes, lately, false),
  },
  { name: "listedCodes", ask: (database) => coverage.listedCodes(database, stock_daily) },
  {
    name: "unknownCodes",
    ask: (database) => coverage.unknownCodes(database, stock_daily, [...codes, "999999.SH"]),
  },
  {
    name: "unansweredRanges",
    ask: (database) => coverage.unansweredRanges(database, suspend_d, codes, lately, false),
  },
  {
    name: "missingRanges",
    ask: (database) => missingRanges(database, stock_daily, { codes, refresh: false }, lately),
  },
  {
    name: "missingRanges, from the first day on",
    ask: (database) => missingRanges(database, stock_daily, { codes, refresh: false }, always),
  },
  {
    name: "missingRanges, all again",
    ask: (database) => missingRanges(database, stock_daily, { codes, refresh: true }, always),
  },
  {
    name: "missingRanges, on some days",
    ask: (database) => missingRanges(database, stock_daily, { days: [day] }, lately),
  },
  { name: "knowsMembers", ask: (database) => coverage.knowsMembers(database, stock_daily) },
  { name: "unlistedCodes", ask: (database) => coverage.unlistedCodes(database, stock_daily, codes, lately) },
  { name: "readCoverage, stocks", ask: (database) => readCoverage(database, stock_daily, lately) },
  { name: "readCoverage, events", ask: (database) => readCoverage(database, suspend_d, lately) },
  { name: "readCoverage, ETFs", ask: (database) => readCoverage(database, etf_daily, lately) },
  {
    name: "absentOn",
    ask: (database) => absentOn(database, stock_daily, day, { reasons: absenceReasons, limit: 1_000 }),
  },
  { name: "readCodeCoverage", ask: (database) => readCodeCoverage(database, stock_daily, stock, lately) },
  {
    name: "readCodeCoverage, from the first day on",
    ask: (database) => readCodeCoverage(database, stock_daily, stock, always),
  },
  { name: "readReach", ask: (database) => readReach(database, stock_daily, now) },
  {
    name: "readReach, which keeps",
    ask: (database) => readReach(database, stock_daily, now, { keep: true }),
  },
  { name: "readReach, of events", ask: (database) => readReach(database, suspend_d, now) },
  { name: "readFreshness", ask: (database) => readFreshness(database, now, datasetsByDay) },
  { name: "countInstruments", ask: countInstruments },
  { name: "readChecks, stocks", ask: (database) => readChecks(database, stock_daily, thisMonth, 100) },
  { name: "countFailedChecks", ask: (database) => countFailedChecks(database, stock_daily, thisMonth) },
  { name: "firstDayAsked", ask: (database) => firstDayAsked(database, stock_daily) },
  { name: "codesLost", ask: (database) => codesLost(database, stock_list) },
  { name: "readChecks, ETFs", ask: (database) => readChecks(database, etf_daily, thisMonth, 100) },
  ...lists.map(([dataset, unit]) => ({
    name: `readLists, ${dataset.name} by ${unit.selector.by}`,
    ask: (database: Database) => readLists(database, dataset, [unit]),
  })),
  ...lists.map(([dataset, unit]) => ({
    name: `areFresh, ${dataset.name} by ${unit.selector.by}`,
    ask: (database: Database) => areFresh(database, dataset, [unit], new Date("2026-01-01")),
  })),
];

/** As a dataset that is asked for by code, and names its members. */
const { list: _, sharesTable: __, ...noList } = stock_daily;
const byCode: Dataset = { ...noList, slices: "codes", members: { codes: [stock] } };

const longSlices: readonly PlannedUnit[] = [
  { dataset: "stock_daily", selector: { by: "month", month: "202609" } },
  { dataset: "stock_daily", selector: { by: "range", from: "20261001", to: "20261030" } },
];

async function missingDays(database: Database, dataset: Dataset): Promise<unknown> {
  const days = openDaysIn(await readCalendar(database), lately);
  return await coverage.missingSlices(database, dataset, unitsOfDays(dataset, days));
}

const listUnits: readonly PlannedUnit[] = [
  {
    dataset: "trading_calendar",
    selector: { by: "calendar", exchange: "SSE", from: "20200101", to: "20261231" },
  },
  { dataset: "stock_list", selector: { by: "list_status", list_status: "L" } },
  { dataset: "etf_list", selector: { by: "exchange", exchange: "SH", list_status: "L" } },
  { dataset: "disclosure", selector: { by: "period", period: "20260930" } },
];

const lists = listUnits.map((unit): [Dataset, PlannedUnit] => [datasets[unit.dataset], unit]);

const financeStatements = (codes: readonly string[]): Statement[] => [
  {
    name: "missingPeriodRanges",
    ask: (database) => reported.missingPeriodRanges(database, reports, codes, periods),
  },
  {
    name: "missingPeriodRanges, periods of which nothing is stored",
    ask: (database) =>
      reported.missingPeriodRanges(database, reports, codes, periodsBetween("20080101", "20081231")),
  },
  { name: "missingPeriods", ask: (database) => reported.missingPeriods(database, reports, periods, now) },
  { name: "failedUnits", ask: (database) => failedUnits(database, "FINANCE_INCREMENTAL") },
  { name: "wasAsked", ask: (database) => coverage.wasAsked(database, reports) },
  { name: "hasRows", ask: (database) => hasRows(database, disclosure) },
  {
    name: "filings",
    ask: (database) => filings(database, reports, disclosure, { from: "20261026", to: "20261026" }, false),
  },
  {
    name: "codesWithoutDays",
    ask: (database) => coverage.codesWithoutDays(database, stock_daily, codes),
  },
  {
    name: "delistedBefore",
    ask: (database) => reported.delistedBefore(database, reports, codes, day),
  },
  { name: "membersWithout", ask: (database) => reported.membersWithout(database, reports, "20270331", 300) },
  {
    name: "lostReports",
    readsMuch: "counts the rows of every stock's answers, once an evening: a report may be lost anywhere",
    ask: (database) => reported.lostReports(database, reports, "20250101", 300),
  },
  { name: "wasRefusedByPeriod", ask: (database) => reported.wasRefusedByPeriod(database, now) },
];

const reads: Statement[] = [
  {
    name: "readStored",
    ask: (database) => readStored(database, [stock_daily, etf_daily, index_daily, reports, stock_list], 200),
  },
  {
    name: "linesOfDataset",
    ask: (database) => linesOfDataset(database, stock_daily, { offset: 0 }, "json", 500),
  },
  {
    name: "linesOfDataset, of a code",
    ask: (database) => linesOfDataset(database, reports, { code: stock, offset: 10 }, "csv"),
  },
  {
    name: "linesOfDataset, of a range",
    ask: (database) => linesOfDataset(database, stock_daily, { ...lately, offset: 0 }, "json", 500),
  },
  {
    name: "dailyOfCode",
    ask: (database) => dailyOfCode(database, stock, lately, { adjust: "none" }, 1_400),
  },
  {
    name: "dailyOfCode, of its whole life",
    ask: (database) => dailyOfCode(database, stock, {}, { adjust: "none" }, 500),
  },
  {
    name: "dailyOfCode, hfq",
    ask: (database) => dailyOfCode(database, stock, lately, { adjust: "hfq" }, 1_400),
  },
  {
    name: "dailyOfCode, qfq",
    ask: (database) => dailyOfCode(database, stock, lately, { adjust: "qfq" }, 1_400),
  },
  {
    name: "dailyOfCode, qfq on a base day",
    ask: (database) => dailyOfCode(database, stock, lately, { adjust: "qfq", base: day }, 1_400),
  },
  {
    name: "dailyOfCode, with the other codes of the security",
    ask: (database) => dailyOfCode(database, stock, lately, { adjust: "none", otherCodes: true }, 1_400),
  },
  {
    name: "dailyOfCode, hfq, with the other codes of the security",
    ask: (database) => dailyOfCode(database, stock, lately, { adjust: "hfq", otherCodes: true }, 1_400),
  },
  ...(["none", "hfq", "qfq"] as const).map((adjust) => ({
    name: `pageOfCode, ${adjust}`,
    ask: (database: Database) => pageOfCode(database, stock, lately, { adjust }, 1_000),
  })),
  {
    name: "pageOfCode, qfq on a base day",
    ask: (database) => pageOfCode(database, stock, lately, { adjust: "qfq", base: day }, 1_000),
  },
  {
    name: "pageOfDay",
    ask: (database) => pageOfDay(database, { trade_date: day, is_etf: undefined }, 1_000),
  },
  {
    name: "pageOfDay, ETFs",
    ask: (database) => pageOfDay(database, { trade_date: day, is_etf: "Y" }, 100),
  },
  { name: "linesOfDay", ask: (database) => linesOfDay(database, { trade_date: day, is_etf: undefined }) },
  { name: "linesOfDay, ETFs", ask: (database) => linesOfDay(database, { trade_date: day, is_etf: "Y" }) },
  { name: "linesOfCode", ask: (database) => linesOfCode(database, stock, {}, { adjust: "none" }) },
  { name: "linesOfCode, hfq", ask: (database) => linesOfCode(database, stock, {}, { adjust: "hfq" }) },
  { name: "linesOfCode, qfq", ask: (database) => linesOfCode(database, stock, {}, { adjust: "qfq" }) },
  {
    name: "linesOfCode, qfq on a base day",
    ask: (database) => linesOfCode(database, stock, {}, { adjust: "qfq", base: day }),
  },
  {
    name: "linesOfCode, with the other codes of the security",
    ask: (database) => linesOfCode(database, stock, {}, { adjust: "none", otherCodes: true }),
  },
  {
    name: "linesOfCode, hfq, with the other codes of the security",
    ask: (database) => linesOfCode(database, stock, {}, { adjust: "hfq", otherCodes: true }),
  },
  { name: "newestTradeDate", ask: newestTradeDate },
  { name: "chartedCode", ask: (database) => chartedCode(database, "") },
  { name: "reportsOfCode", ask: (database) => reportsOfCode(database, stock, {}, undefined, 200) },
  { name: "linesOfReports", ask: (database) => linesOfReports(database, stock, {}, undefined) },
  {
    name: "linesOfReports, as of a day",
    ask: (database) => linesOfReports(database, stock, {}, "20240101"),
  },
  {
    name: "reportsOfCode, as of a day",
    ask: (database) => reportsOfCode(database, stock, {}, "20240101", 200),
  },
  {
    name: "findInstruments",
    ask: (database) => instruments.findInstruments(database, { is_etf: "Y" }, { limit: 500 }),
  },
  {
    name: "findInstruments, on a day",
    ask: (database) => instruments.findInstruments(database, { on: day }, { limit: 500 }),
  },
  { name: "readInstrument", ask: (database) => instruments.readInstrument(database, etf) },
  { name: "isKnownCode", ask: (database) => instruments.isKnownCode(database, "999999.SH") },
  { name: "suggestCodes", ask: (database) => instruments.suggestCodes(database, "600") },
  { name: "countListed", ask: instruments.countListed },
  { name: "countEtfsByExchange", ask: instruments.countEtfsByExchange },
  { name: "newestTasks", ask: newestTasks },
  { name: "countOpenFailures", ask: (database) => countOpenFailures(database, jobTypes) },
  {
    name: "readTasks",
    readsMuch: "the units of each task on the page are counted, by their status",
    ask: (database) => progress.readTasks(database, { limit: 20 }),
  },
  {
    name: "readTasks, the next page of a job",
    ask: (database) =>
      progress.readTasks(database, { limit: 5, job: "FINANCE_INCREMENTAL", before: runningTask }),
  },
  { name: "readFailures", ask: (database) => progress.readFailures(database, { limit: 100 }) },
  {
    name: "readFailures, those that need action",
    ask: (database) => progress.readFailures(database, { limit: 100, needsPerson: true }),
  },
  { name: "readFailures, one", ask: (database) => progress.readFailures(database, { limit: 1, id: 7 }) },
  { name: "countFailures", ask: progress.countFailures },
  {
    name: "fetchedDays",
    readsMuch: "the units of each stored day, once an evening",
    ask: (database) => fetchedDays(database, stock_daily, newestDay),
  },
  {
    name: "fetchedSlices",
    ask: (database) => fetchedSlices(database, reports, ["20260630", "20260930"]),
  },
  {
    name: "fetchedCodes",
    readsMuch: "the first and last days of each code",
    ask: (database) => fetchedCodes(database, index_daily, 5),
  },
  { name: "leastFetched", ask: (database) => leastFetched(database, reports, "20260801", 1 / 91) },
  { name: "readRevisions", ask: (database) => readRevisions(database, { limit: 50 }) },
  {
    name: "readRevisions, the next page of a code",
    ask: (database) => readRevisions(database, { ts_code: stock, since: day, before: 9, limit: 50 }),
  },
  { name: "readOrigin", ask: origins.readOrigin },
  { name: "readHolding", ask: origins.readHolding },
  {
    name: "readHolding, before an origin was recorded",
    ask: (database) => origins.readHolding(answering(database, { origin: null })),
  },
];

/** In an order in which each finds what it needs: they are run, and write. */
const ledger = (market: readonly string[], few: readonly string[]): Statement[] => [
  { name: "claimOrigin", ask: (database) => origins.claimOrigin(database, origin) },
  { name: "checkOrigin", ask: (database) => origins.checkOrigin(database, origin) },
  { name: "liveTasks", ask: tasks.liveTasks },
  { name: "readTask of the ledger", ask: (database) => tasks.readTask(database, runningTask) },
  {
    name: "openTask",
    ask: (database) =>
      tasks.openTask(database, { job_type: "REFERENCE", batch_size: 50, config: {}, request_key: "k" }),
  },
  {
    name: "startTask",
    async ask(database) {
      const { task } = await tasks.openTask(database, { job_type: "REFERENCE", batch_size: 50, config: {} });
      await tasks.startTask(database, task.id, { units: listUnits, reason: null, range: lately });
    },
  },
  {
    name: "unitsToSend",
    ask: async (database) => tasks.unitsToSend(database, await readRunning(database)),
  },
  {
    name: "confirmSent",
    ask: async (database) => tasks.confirmSent(database, await readRunning(database)),
  },
  ...claimed.map((unit) => ({
    name: `claimUnit, ${unit.dataset} by ${unit.selector.by}`,
    ask: (database: Database) => claimUnit(database, unitOf(30, unit), datasets[unit.dataset], origin),
  })),
  ...Object.values(datasets).map((dataset, at) => ({
    name: `storeUnit, ${dataset.name}`,
    ask: (database: Database) =>
      storeUnit(database, unitOf(100 + at, aUnitOf(dataset)), dataset, rowsOf(dataset, market), 1, shareMax),
  })),
  ...[...claimed, ...listUnits.slice(0, 1)].map(({ dataset, selector }) => ({
    name: `compareRows, ${dataset} by ${selector.by}`,
    ask: (database: Database) =>
      comparisons.compareRows(database, datasets[dataset], selector, rowsOf(datasets[dataset], market)),
  })),
  {
    name: "storeUnit, of a unit whose failure was recorded meanwhile",
    ask: (database) =>
      storeUnit(
        answering(database, { late: true }),
        unitOf(51),
        stock_daily,
        rowsOf(stock_daily, few),
        2,
        shareMax,
      ),
  },
  {
    name: "storeUnit, of a new day, and when it was stored meanwhile",
    async ask(database) {
      const rows = rowsOf(stock_daily, market);
      const { columns, size } = rows;
      const trade_date = new Array<Cell>(size).fill(dayAfter(1));
      const nextDay = { size, columns: { ...columns, trade_date } };
      for (const table of [nextDay, rows]) {
        await storeUnit(database, unitOf(56), stock_daily, table, 1, shareMax, { isNew: true });
      }
    },
  },
  {
    name: "storeUnit, in two statements",
    ask: (database) =>
      storeUnit(
        database,
        unitOf(50),
        stock_list,
        rowsOf(stock_list, few, "a long text".repeat(4_000)),
        1,
        shareMax,
      ),
  },
  {
    name: "explainRefusal",
    async ask(database) {
      const refused = new SyncError("permanent", "refused", { check: tooManyChanges });
      await explainRefusal(database, unitOf(31), stock_daily, rowsOf(stock_daily, few), 50, refused);
    },
  },
  {
    name: "settleEmptied",
    ask: (database) =>
      settleEmptied(database, unitOf(31), stock_daily, emptied(rowsOf(stock_daily, few), "vol"), {
        taskId: runningTask,
        shareMax,
      }),
  },
  {
    name: "classFactors",
    readsMuch: "the days of each code whose factor changed",
    ask: (database) => classFactors(database, unitOf(31), stock_daily),
  },
  {
    name: "storeUnit, with the codes that are gone",
    ask(database) {
      const unit = unitOf(53, listUnits[0]);
      const answer = { codes: market, slices: [unit.selector], mirrored: [stock_daily] };
      const around = marksAround(unit, stock_list, answer, { SYNC_LIST_SHARE_MIN: 0 });
      return storeUnit(database, unit, stock_list, rowsOf(stock_list, few), 1, shareMax, { around });
    },
  },
  {
    name: "storeUnit, with what is known of its cells",
    ask: (database) =>
      storeUnit(database, unitOf(55), stock_daily, rowsOf(stock_daily, few), 1, shareMax, {
        changes: { settled },
        explained: ["another"],
      }),
  },
  {
    name: "mergeRows",
    ask: (database) =>
      mergeRows(database, unitOf(54), stock_daily, rowsOf(stock_daily, few), shareMax, {
        ...{ evidence: rowsOf(suspensions, few), over: [absence] },
      }),
  },
  { name: "markNotDue", ask: (database) => markNotDue(database, unitOf(40), 1, now) },
  { name: "noteAttempt", ask: (database) => noteAttempt(database, unitOf(41), 2, "the reply was not whole") },
  { name: "recordFailure", ask: (database) => recordFailure(database, unitOf(42), aFailure) },
  {
    name: "recordFailure, for a person",
    ask: (database) => recordFailure(database, unitOf(43), { ...aFailure, nextAttemptAt: undefined }),
  },
  { name: "dismissFailure", ask: (database) => dismissFailure(database, 8, "wound up") },
  { name: "recordOrphan", ask: (database) => recordOrphan(database, "digest", "not a unit") },
  { name: "unresolvedUnits", ask: (database) => unresolvedUnits(database, { after: 0 }) },
  { name: "unresolvedUnits, one", ask: (database) => unresolvedUnits(database, { id: 7 }) },
  { name: "tasksToPrune", ask: (database) => prune.tasksToPrune(database, new Date("2026-08-10"), 10) },
  { name: "pruneTask", ask: (database) => prune.pruneTask(database, runningTask) },
  { name: "pruneFailures", ask: (database) => prune.pruneFailures(database, new Date("2026-08-10")) },
  { name: "verificationsLeft", ask: verified.verificationsLeft },
  { name: "countWaiting", ask: stalled.countWaiting },
  { name: "silentUnits", ask: stalled.silentUnits },
  { name: "noteSentAgain", ask: (database) => stalled.noteSentAgain(database, [unitOf(44), unitOf(45)]) },
  { name: "tasksLeft", ask: stalled.tasksLeft },
  { name: "pausesOver", ask: stalled.pausesOver },
  { name: "pauseTask", ask: (database) => tasks.pauseTask(database, runningTask, "a pause") },
  { name: "holdTask", ask: (database) => tasks.holdTask(database, runningTask) },
  { name: "resumeTask", ask: (database) => tasks.resumeTask(database, runningTask) },
  { name: "pauseAllTasks", ask: (database) => tasks.pauseAllTasks(database, "a refusal") },
  { name: "cancelTask", ask: (database) => tasks.cancelTask(database, runningTask, "no more") },
  ...verifications,
  { name: "failTask", ask: (database) => tasks.failTask(database, pausedTask, "no plan") },
];

const anId = "00000000-0000-4000-8000-000000000000";

const begin = (database: Database) =>
  verified.openVerification(database, { dataset: "stock_daily", from: lately.from, repairs: false });

/** Opened once, and continued by the others. */
const verifications: Statement[] = [
  { name: "openVerification", ask: begin },
  {
    name: "beginVerification",
    ask: async (database) => verified.beginVerification(database, await begin(database), lately),
  },
  {
    name: "advanceVerification",
    ask: async (database) => verified.advanceVerification(database, await begin(database), aFound, lately.to),
  },
  {
    name: "noteRepair",
    ask: async (database) => verified.noteRepair(database, await begin(database), { why: "busy" }),
  },
  {
    name: "failVerification",
    ask: async (database) => verified.failVerification(database, await begin(database), "no list"),
  },
  {
    name: "noteComparison",
    ask: (database) => comparisons.noteComparison(database, anId, runningTask),
  },
  {
    name: "settleComparison",
    ask: (database) => comparisons.settleComparison(database, unitOf(55), anId, aComparison, 1),
  },
  {
    name: "settleComparison, of a unit whose failure was recorded meanwhile",
    ask: (database) =>
      comparisons.settleComparison(answering(database, { late: true }), unitOf(56), anId, aComparison, 1),
  },
  { name: "differingUnits", ask: (database) => comparisons.differingUnits(database, anId) },
  { name: "readVerification", ask: (database) => readVerification(database, anId) },
  { name: "readVerifications", ask: (database) => readVerifications(database, 20) },
  { name: "readFindings", ask: (database) => readFindings(database, anId, { limit: 200 }) },
  { name: "forgetDays", ask: (database) => forgetDays(database, stock_daily, thisMonth) },
];

const aComparison: comparisons.Compared = {
  ...{ rows: 9, expected: 9, stored: 8, explained: 0, unexplained: 0, missing: 1, different: 0 },
  findings: [
    {
      finding: "missing",
      day,
      ts_code: stock,
      part: "daily",
      stored: null,
      upstream: null,
      key: { ts_code: stock },
    },
  ],
};

const aFound: verified.Found = {
  counts: { expected: 1, stored: 0, explained: 0, unexplained: 0, missing: 1, different: 0, failedChecks: 0 },
  findings: [{ finding: "missing", day, ts_code: stock, part: "daily", stored: null, upstream: null }],
};

const claimed: readonly PlannedUnit[] = [
  ...listUnits,
  { dataset: "stock_daily", selector: { by: "date", trade_date: day } },
  { dataset: "stock_daily", selector: { by: "code", ts_code: stock, ...lately } },
  { dataset: "etf_daily", selector: { by: "date", trade_date: day } },
  { dataset: "finance", selector: { by: "code", ts_code: stock, from: "20200331", to: "20260930" } },
  { dataset: "finance", selector: { by: "period", period: "20260930" } },
];

const aFailure: Failure = {
  kind: "transient",
  message: "the reply was not whole",
  nextAttemptAt: new Date("2026-11-21T11:00:00Z"),
  attempts: 5,
  maxRetries: 3,
};

/** The same database, with these values added to each row: a state that otherwise needs a race or an old database. */
function answering(database: Database, said: SqlRow): Database {
  return {
    ...database,
    run: async (sql, parameters) => (await database.run(sql, parameters)).map((row) => ({ ...row, ...said })),
  };
}

async function readRunning(database: Database): Promise<tasks.Task> {
  const task = await tasks.readTask(database, runningTask);
  if (task === undefined) throw new Error("the mirror was not filled");
  return task;
}

/** A unit of the running task. */
function unitOf(sequence: number, planned = claimed[4] as PlannedUnit): Unit {
  return {
    version: 1,
    task_id: runningTask,
    job_type: "DAILY_HISTORY",
    unit_key: `stock_daily/${sequence}`,
    retry: 0,
    ...planned,
    sequence,
  };
}

/** A unit of a dataset, as its plans have them. */
function aUnitOf({ name, slices, lists, rangeDays }: Dataset): PlannedUnit {
  const selectors: Readonly<Record<Dataset["slices"], Selector | undefined>> = {
    lists: lists?.(day)[0],
    days: { by: "date", trade_date: day },
    codes: { by: "code", ts_code: stock, ...lately },
    periods: { by: "code", ts_code: stock, from: "20200331", to: "20260930" },
    announcements: { by: "announced", ann_date: day },
    months: { by: "month", month: day.slice(0, 6) },
    ranges: rangeDays === undefined ? undefined : { by: "range", ...lately },
  };
  const selector = selectors[slices];
  if (selector === undefined) throw new Error(`${name} has no slice`);
  return { dataset: name, selector };
}

/** A row for each code, as a day's answer has. */
function rowsOf(dataset: Dataset, codes: readonly string[], text = "a text"): Table {
  const isByCode = columnsOf(dataset).some(({ name, type }) => type === "code" && dataset.key.includes(name));
  const columns = columnsOf(dataset).map((column) => [
    column.name,
    codes.map(
      (code, at): Cell =>
        isByCode || !dataset.key.includes(column.name) || column.name === "exchange"
          ? cellOf(column, code, at, text)
          : column.type === "text"
            ? `${text} ${at}`
            : dayAfter(at),
    ),
  ]);
  return { size: codes.length, columns: Object.fromEntries(columns) as Table["columns"] };
}

/** The rows, without a value in a column. */
function emptied(table: Table, column: string): Table {
  return { ...table, columns: { ...table.columns, [column]: new Array<Cell>(table.size).fill("") } };
}

/** Keys differ from row to row: by code, or else by day. */
function cellOf({ name, type }: Column, code: string, at: number, text: string): Cell {
  switch (type) {
    case "day":
      return name === "cal_date" ? dayAfter(at) : newestDay;
    case "number":
      return 1.25;
    case "flag":
      return 1;
    case "code":
      return code;
    case "text":
      return name === "exchange" ? "SSE" : text;
  }
}

function dayAfter(days: number): string {
  return new Date(Date.UTC(2030, 0, 1 + days)).toISOString().slice(0, 10).replaceAll("-", "");
}

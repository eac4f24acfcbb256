// One run: everything that can go wrong goes wrong together, then nothing does, then a person does what is left, and all
// must be as if nothing had happened.
import { isDeepStrictEqual } from "node:util";
import { jobs, jobTypes } from "../shared/catalogue/jobs.ts";
import { encodeOrigin } from "../shared/catalogue/origin.ts";
import { chanceFrom } from "./chance.ts";
import {
  expectEqualRows,
  expectJust,
  expectLimits,
  expectSettled,
  expectSound,
  type Violation,
} from "./checks.ts";
import type { Entry } from "./conditions.ts";
import type { Engine } from "./engine.ts";
import { EndlessRun, type Loop } from "./loop.ts";
import { dayOf, type Market, makeMarket, momentOf, newcomer } from "./market.ts";
import type { Plan, Told } from "./plan.ts";
import type { Adapters } from "./process.ts";
import { makeStack, origin, type Stack } from "./stack.ts";
import { makeWorld, type World } from "./world.ts";

export type Outcome = {
  readonly violations: readonly Violation[];
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  readonly history: readonly Entry[];
  readonly start: number;
  /** The same for two runs of the same plan. */
  readonly digest: string;
};

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The evening check has no schedule in the catalogue of jobs. */
const checkHour = 22;

export async function run(engine: Engine, loop: Loop, adapters: Adapters, plan: Plan): Promise<Outcome> {
  const market = makeMarket(chanceFrom(plan.seed, "market"));
  const start = momentOf(market.lastDay, plan.startHour);
  loop.clear(start);
  const world = makeWorld(engine, loop, plan, market);
  const stack = makeStack(world, adapters);
  await fill(world);
  const violations: Violation[] = [];
  try {
    await storm(world, stack);
    await rest(world, stack, violations);
    await heal(world, stack, violations);
    if (violations.length === 0) await again(world, stack, violations);
  } catch (error) {
    if (!(error instanceof EndlessRun)) throw error;
    violations.push({ promise: "ends", found: error.message });
  }
  const { history, struck } = world.conditions;
  const digest = history.map(({ at, text }) => `${at} ${text}`).join("\n");
  return { violations, faults: { ...struck }, history, start, digest };
}

/** A new mirror: empty, or with its lists stored. */
async function fill({ engine, market, plan, loop }: World): Promise<void> {
  await engine.clear();
  engine.setTime(loop.now());
  const [kind = "", identity = ""] = /^(\S+) (.*)$/.exec(encodeOrigin(origin))?.slice(1) ?? [];
  await engine.rows(`insert into mirror_origin (kind, identity) values ('${kind}', '${identity}')`);
  if (!plan.hasLists) return;
  const from = dayOf(loop.now() - 60 * day);
  const lists = {
    trade_cal: market.rowsAt("trade_cal", loop.now()),
    stock_info: market.rowsAt("stock_basic", loop.now()),
  };
  for (const [table, rows] of Object.entries(lists)) {
    const kept = rows.filter(({ cal_date = "99999999" }) => String(cal_date) >= from);
    const columns = Object.keys(kept[0] ?? {}).join(", ");
    await engine.rows(
      `insert into ${table} (${columns}) select ${columns}
       from json_populate_recordset(null::${table}, '${JSON.stringify(kept)}')`,
    );
  }
}

/** Commands, schedules and faults, as the plan has them. */
async function storm(world: World, stack: Stack): Promise<void> {
  const { plan, loop, start, market } = world;
  const at = (second: number, act: () => void) => loop.at(start + second * 1000, act);
  if (!plan.hasLists) at(0, () => stack.start({ job: "REFERENCE" }));
  for (const trouble of plan.troubles) {
    if (trouble.on === "command") {
      at(trouble.second, () => {
        for (let times = 0; times < trouble.times; times += 1) void command(world, stack, trouble);
      });
    }
    if (trouble.on === "queue") {
      at(trouble.second, () => {
        world.conditions.strike("queue purged");
        world.conditions.lose();
        world.work.purge();
      });
    }
    if (trouble.on === "market")
      changeMarket(world, market, trouble.what, trouble.second, trouble.day, trouble.stock);
  }
  const end = start + plan.seconds * 1000;
  tick(world, stack, start, end);
  await loop.runTo(end);
}

function changeMarket(
  world: World,
  market: Market,
  what: string,
  second: number,
  dayBack: number,
  stock: number,
): void {
  const at = world.start + second * 1000;
  const lastAt = market.days.indexOf(market.lastDay);
  const code = market.codes[stock % market.codes.length] ?? "";
  const trade_date =
    market.days[what === "day restated" ? lastAt - dayBack : lastAt + (dayBack % 2)] ?? market.lastDay;
  world.conditions.count(what);
  if (what === "day late") market.delay(trade_date, momentOf(trade_date, 17 + dayBack * 2));
  if (what === "day in part") market.delay(trade_date, momentOf(trade_date, 18 + dayBack), [code]);
  if (what === "day restated") market.restate(trade_date, at, stock % 2 === 0 ? market.codes : [code]);
  if (what === "stock listed") market.relist(newcomer, at);
  if (what === "stock delisted" && market.codes.length > 3) market.relist(code, at);
}

/** The schedules of the jobs, and the evening check. */
function tick(world: World, stack: Stack, from: number, to: number): void {
  const { loop, plan } = world;
  const faults = new Map(
    plan.troubles.flatMap((each) => (each.on === "tick" ? [[each.nth, each] as const] : [])),
  );
  const starting = [
    "DAILY_INCREMENTAL",
    ...(plan.fetchesLists ? ["REFERENCE"] : []),
    ...(plan.fetchesSuspensions && !world.conditions.isCalm() ? ["SUSPEND_D_INCREMENTAL"] : []),
  ];
  const ticks: { at: number; command: object }[] = [];
  for (let midnight = momentOf(dayOf(from), 0); midnight < to; midnight += day) {
    ticks.push({ at: midnight + checkHour * hour, command: { check: "freshness" } });
    const isWeekday = new Date(midnight + 12 * hour).getUTCDay() % 6 !== 0;
    for (const job of jobTypes.filter((each) => starting.includes(each))) {
      for (const schedule of jobs[job].schedules) {
        const [, minutes, hours] = /^cron\((\d+) (\d+) \? \* MON-FRI \*\)$/.exec(schedule) ?? [];
        if (minutes === undefined || !isWeekday) continue;
        const at = midnight + Number(hours) * hour + Number(minutes) * minute;
        ticks.push({ at, command: { job, requestKey: `schedule/${job}/${new Date(at).toISOString()}` } });
      }
    }
  }
  const coming = ticks.filter(({ at }) => at > from && at <= to).sort((a, b) => a.at - b.at);
  for (const [index, { at, command }] of coming.entries()) {
    const fault = world.conditions.isCalm() ? undefined : faults.get(index + 1);
    const fire = () => {
      world.conditions.note("a schedule starts:");
      stack.start(command);
    };
    if (fault !== undefined) world.conditions.count(`tick ${fault.what}`);
    if (fault?.what === "dropped") continue;
    loop.at(at + (fault?.what === "fires late" ? fault.seconds * 1000 : 0), fire);
    if (fault?.what === "fires twice") loop.at(at + fault.seconds * 1000, fire);
  }
}

/** What a start asks for. */
function startOf(which: number, { firstDay, lastDay, codes }: Market): object {
  const range = { from: firstDay, to: lastDay };
  const starts = [
    { job: "DAILY_HISTORY", ...range },
    { job: "DAILY_HISTORY", ...range },
    { job: "DAILY_HISTORY", from: firstDay },
    { job: "DAILY_HISTORY", ...range, requestKey: "person/1" },
    { job: "DAILY_HISTORY", ...range, codes: codes.slice(0, 2) },
    { job: "DAILY_HISTORY", ...range, refresh: true },
    { job: "DAILY_INCREMENTAL" },
    { job: "SUSPEND_D_HISTORY", ...range },
    { job: "REFERENCE", refresh: true },
    { job: "DAILY_INCREMENTAL", from: lastDay },
  ];
  return starts[which % starts.length] ?? {};
}

async function command(world: World, stack: Stack, { what, which }: Told): Promise<void> {
  world.conditions.count(`command ${what}`);
  const id = async (table: string, order: string) =>
    (
      await world.engine
        .rows(`select id from ${table} order by ${order} limit 1 offset ${which}`)
        .catch(() => [])
    )[0]?.id;
  if (what === "start") return void (await stack.tell(startOf(which, world.market)));
  if (what === "resume all") return void (await stack.tell({ resume: "all" }));
  if (what === "retry all") return void (await stack.tell({ retry: "all" }));
  if (what === "check") return void (await stack.tell({ check: "freshness" }));
  if (what === "verify") return void (await stack.tell({ verify: "stock_daily", repair: which === 1 }));
  if (what === "compare")
    return void (await stack.tell({ verify: "stock_daily", upstream: true, repair: which === 1 }));
  if (what === "retry" || what === "dismiss") {
    const failure = await id("sync_failure_record", "id desc");
    if (failure && what === "retry") await stack.tell({ retry: Number(failure) });
    if (failure && what === "dismiss") await stack.dismiss(Number(failure));
    return;
  }
  const task = await id("sync_task", "started_at desc, id desc");
  if (task) await stack.tell({ [what]: task });
}

/** Faults have ended. Without a person, everything must come to its end. */
async function rest(world: World, stack: Stack, violations: Violation[]): Promise<void> {
  world.conditions.calm();
  const from = world.loop.now();
  let midnight = momentOf(dayOf(from), 24);
  // A whole working day with its schedules.
  while (new Date(midnight - 12 * hour).getUTCDay() % 6 === 0 || from > midnight - 17 * hour) midnight += day;
  tick(world, stack, from, midnight);
  await world.loop.runTo(midnight);
  await untilQuiet(world);
  violations.push(
    ...(await expectSound(world)),
    ...(await expectSettled(world)),
    ...(await expectJust(world)),
  );
  violations.push(...expectLimits(world));
}

/** Runs on while something is under way. */
async function untilQuiet({ loop }: World): Promise<void> {
  const latest = loop.now() + 20 * day;
  while (loop.nextAt() <= latest) await loop.runTo(loop.nextAt());
}

/** Tells a command, and lets everything that follows happen. One that is told of another task is repeated after it. */
async function tellAndWait(world: World, stack: Stack, command: object) {
  for (let times = 1; ; times += 1) {
    const answer = stack.tell(command);
    await untilQuiet(world);
    const ended = await answer;
    if (times === 3 || !("result" in ended && ended.result.outcome === "busy")) return ended;
  }
}

/** What is left for a person: paused tasks are resumed, parked units tried again, and what was never asked for is asked for. */
async function heal(world: World, stack: Stack, violations: Violation[]): Promise<void> {
  const { engine, market, plan } = world;
  for (let round = 0; round < 3; round += 1) {
    const paused = await engine.rows(
      "select id from sync_task where status = 'PAUSED' order by started_at, id",
    );
    for (const { id } of paused) await tellAndWait(world, stack, { resume: id });
    const open = await engine.rows(
      "select 1 as one from sync_failure_record where resolved_at is null limit 1",
    );
    if (open.length > 0) await tellAndWait(world, stack, { retry: "all" });
    if (paused.length + open.length === 0) break;
  }
  const isRestated = plan.troubles.some(({ on, what }) => on === "market" && what === "day restated");
  const isRelisted =
    !plan.hasLists || plan.troubles.some(({ on, what }) => on === "market" && what.startsWith("stock"));
  if (isRelisted) await tellAndWait(world, stack, { job: "REFERENCE", refresh: true });
  if (plan.fetchesSuspensions)
    await tellAndWait(world, stack, { job: "SUSPEND_D_HISTORY", from: market.firstDay });
  await tellAndWait(world, stack, {
    job: "DAILY_HISTORY",
    from: market.firstDay,
    ...(isRestated && { refresh: true }),
  });
  if (isRestated) await tellAndWait(world, stack, { job: "DAILY_HISTORY", from: market.firstDay });
  violations.push(
    ...(await expectSound(world)),
    ...(await expectSettled(world)),
    ...(await expectEqualRows(world)),
  );
  const verified = [
    "stock_daily",
    ...(plan.fetchesSuspensions ? ["suspend_d"] : []),
    ...(plan.fetchesLists ? ["stock_list"] : []),
  ];
  for (const dataset of verified) {
    const ended = await tellAndWait(world, stack, { verify: dataset });
    const verification = "result" in ended ? ended.result.verification : undefined;
    if (!["complete", "explained"].includes(String(verification?.verdict)))
      violations.push({
        promise: "verifies",
        found: `${dataset}: ${verification?.status} ${verification?.verdict} ${verification?.reason ?? ""}`,
      });
  }
}

/** A second run, and every message once more, change nothing and call nothing. */
async function again(world: World, stack: Stack, violations: Violation[]): Promise<void> {
  const { market, engine, upstream } = world;
  const footprint = () =>
    engine.rows(
      "select md5(string_agg(concat_ws(' ', ts_code, trade_date, ctid, stored_at), ',' order by ts_code, trade_date)) as rows from stock_daily",
    );
  const before = { rows: await footprint(), calls: upstream.count() };
  for (const body of stack.received) world.work.put(body);
  await untilQuiet(world);
  await tellAndWait(world, stack, { job: "DAILY_HISTORY", from: market.firstDay });
  const after = { rows: await footprint(), calls: upstream.count() };
  if (!isDeepStrictEqual(before, after))
    violations.push({
      promise: "repeats without effect",
      found: `calls ${before.calls} -> ${after.calls}, rows ${JSON.stringify(before.rows)} -> ${JSON.stringify(after.rows)}`,
    });
  violations.push(...(await expectSound(world)));
}

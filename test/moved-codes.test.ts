// Stocks that get another code, and stocks that leave every list.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { beijingMovedOn, knownMoves } from "../shared/catalogue/code-moves.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { membersSql } from "../shared/coverage/members.ts";
import { SyncError } from "../shared/errors.ts";
import { ask } from "./support/ask-api.ts";
import { capturedRows, hasCaptured } from "./support/captured.ts";
import { firstDay, lastDay, marketDays, type Row } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.reset());

async function run(job: "REFERENCE" | "ETF_LIST", more: object = {}): Promise<void> {
  await world.dispatch({ job, ...more });
  await world.runToEnd();
}
/** REFERENCE or ETF_LIST once more, without some codes. */
async function runWithout(job: "REFERENCE" | "ETF_LIST", ...codes: string[]): Promise<void> {
  const { market } = world.state;
  const keep = (rows: Row[]) => rows.filter(({ ts_code }) => !codes.includes(String(ts_code)));
  Object.assign(market, { stock_basic: keep(market.stock_basic), etf_basic: keep(market.etf_basic) });
  await run(job, { refresh: true });
}
const goneCodes = () =>
  world.sql(
    "select ts_code, cast(gone_on as text) as gone_on from stock_info where gone_on is not null order by 1",
  );
const parked = async () =>
  (await world.units()).filter(({ status }) => status === "parked").map(({ last_error }) => last_error);
const newestTask = async () => (await world.tasks()).at(-1);

describe("the mapping of Beijing's codes", () => {
  const mapping = { o_code: "430047.BJ", n_code: "830799.BJ", name: "艾融软件", list_date: "20200727" };

  test("is stored with REFERENCE", async () => {
    world.state.market.bse_mapping = [mapping];
    await run("REFERENCE");
    expect(await world.sql("select o_code, n_code from bse_mapping")).toEqual([
      { o_code: mapping.o_code, n_code: mapping.n_code },
    ]);
  });

  test.each(["抱歉，您没有接口(bse_mapping)访问权限", "请指定正确的接口名"])(
    "is left out when TuShare says %s: REFERENCE succeeds, and what is stored stays",
    async (said) => {
      world.state.market.bse_mapping = [mapping];
      await run("REFERENCE");
      world.state.onCall = ({ name }, reply) => {
        if (name === "bse_mapping") throw new SyncError("permanent", said, { scope: "task" });
        return reply;
      };
      await run("REFERENCE", { refresh: true });
      expect(await newestTask()).toMatchObject({ status: "COMPLETED", total_failed: 0 });
      expect(await world.sql("select o_code from bse_mapping")).toHaveLength(1);
    },
  );
});

describe("a code that moved", () => {
  const asText = (day: string) => day.replace(/^(....)(..)(..)$/, "$1-$2-$3");

  test("is known from the mapping and from the catalogue, with the day of the move", async () => {
    world.state.market.bse_mapping = [
      { o_code: "430047.BJ", n_code: "920047.BJ", name: "诺思兰德", list_date: "20201124" },
      // TuShare may come to know these moves too: each old code is there once.
      { o_code: "300114.SZ", n_code: "302132.SZ", name: "中航成飞", list_date: "20100827" },
      { o_code: "920002.BJ", n_code: "920002.BJ", name: "万达轴承", list_date: "20240530" },
    ];
    await run("REFERENCE");
    expect(
      await world.sql(
        "select old_code, new_code, cast(moved_on as text) as day, source from code_alias order by moved_on",
      ),
    ).toEqual([
      ...knownMoves.map(({ from, to, on }) => ({
        old_code: from,
        new_code: to,
        day: asText(on),
        source: "known",
      })),
      { old_code: "430047.BJ", new_code: "920047.BJ", day: asText(beijingMovedOn), source: "bse_mapping" },
    ]);
  });

  test("has one new code in the catalogue", () => {
    const old = new Set(knownMoves.map(({ from }) => from));
    expect(old.size).toBe(knownMoves.length);
  });

  test("is expected up to the move, and the new code since the listing", async () => {
    const list = "insert into stock_info (ts_code, name, list_status, list_date) values";
    await world.sql(
      `${list} ('300114.SZ', 'old', 'L', '2010-08-27'), ('302132.SZ', 'new', 'L', '2010-08-27')`,
    );
    const listed = async () =>
      await world.sql(
        `select ts_code, cast(listed_from as text) as listed_from, cast(listed_to as text) as listed_to, is_listed
         from (${membersSql(datasets.stock_daily).replaceAll("now()", "date '2025-02-16'")}) as member
         where ts_code in ('300114.SZ', '302132.SZ') order by 1`,
      );
    const days = { listed_from: "2010-08-27" };
    expect(await listed()).toEqual([
      { ts_code: "300114.SZ", ...days, listed_to: "2025-02-17", is_listed: true },
      { ts_code: "302132.SZ", ...days, listed_to: null, is_listed: true },
    ]);
    await world.sql("update stock_info set delist_date = '2025-02-14' where ts_code = '300114.SZ'");
    expect((await listed())[0]).toMatchObject({ listed_to: "2025-02-14" });
  });
});

describe("a code that is in no list any more", () => {
  const code = "600519.SH";

  test.each([
    ["a stock", "REFERENCE", code],
    ["a stock whose listing was suspended", "REFERENCE", "600005.SH"],
    ["an ETF", "ETF_LIST", "510300.SH"],
  ] as const)("%s is marked with the day, and is expected up to that day", async (_, job, gone) => {
    await run(job);
    expect(await goneCodes()).toEqual([]);
    world.setTime("20240118", 8);
    await runWithout(job, gone);
    expect(await goneCodes()).toEqual([{ ts_code: gone, gone_on: "2024-01-18" }]);
    expect(await parked()).toEqual([]);
  });

  test("is gone from the day after its last row on, also when the row comes later", async () => {
    await run("REFERENCE");
    await world.sql("insert into stock_daily (ts_code, trade_date, close) values ($1, '2024-01-11', 1)", [
      code,
    ]);
    world.setTime("20240118", 8);
    await runWithout("REFERENCE", code);
    expect(await goneCodes()).toEqual([{ ts_code: code, gone_on: "2024-01-12" }]);
    await world.sql("insert into stock_daily (ts_code, trade_date, close) values ($1, '2024-01-15', 1)", [
      code,
    ]);
    await runWithout("REFERENCE", code);
    expect(await goneCodes()).toEqual([{ ts_code: code, gone_on: "2024-01-16" }]);
  });

  test("is not listed any more: neither expected on later days nor counted", async () => {
    await run("REFERENCE");
    world.setTime("20240118", 8);
    await runWithout("REFERENCE", code);
    expect(
      await world.sql(
        `select cast(listed_to as text) as listed_to, is_listed
         from (${membersSql(datasets.stock_daily)}) as member where ts_code = $1`,
        [code],
      ),
    ).toEqual([{ listed_to: "2024-01-18", is_listed: false }]);
  });

  test("that comes back is not gone any more", async () => {
    const whole = world.state.market.stock_basic;
    await run("REFERENCE");
    await runWithout("REFERENCE", code);
    expect(await goneCodes()).toHaveLength(1);
    world.state.market.stock_basic = whole;
    await run("REFERENCE", { refresh: true });
    expect(await goneCodes()).toEqual([]);
  });

  test("that changes its status is not gone", async () => {
    await run("REFERENCE");
    const stock = world.state.market.stock_basic.find(({ ts_code }) => ts_code === code);
    Object.assign(stock ?? {}, { list_status: "D", delist_date: "20240117" });
    await run("REFERENCE", { refresh: true });
    expect(await goneCodes()).toEqual([]);
  });

  test("is not marked while a part of the list has no whole answer", async () => {
    await run("REFERENCE");
    world.state.onCall = ({ name, params }, reply) => {
      if (name === "stock_basic" && params.list_status === "D") throw new SyncError("permanent", "no answer");
      return reply;
    };
    await runWithout("REFERENCE", code);
    expect(await goneCodes()).toEqual([]);
    world.state.onCall = (_, reply) => reply;
    await runWithout("REFERENCE", code);
    expect(await goneCodes()).toHaveLength(1);
  });

  test("is not marked when a part was answered on another day: the code may have gone from one part to the other", async () => {
    await run("REFERENCE");
    world.state.onCall = ({ name, params }, reply) => {
      if (name === "stock_basic" && params.list_status === "D") throw new SyncError("permanent", "no answer");
      return reply;
    };
    await runWithout("REFERENCE", code);
    world.state.onCall = (_, reply) => reply;
    world.setTime("20240118", 8);
    await world.dispatch({ retry: "all" });
    await world.runToEnd();
    expect((await newestTask())?.status).toBe("COMPLETED");
    expect(await goneCodes()).toEqual([]);
  });

  test("is marked whichever part comes last, also when all are stored at once", async () => {
    await run("REFERENCE");
    world.state.market.stock_basic = world.state.market.stock_basic.filter(({ ts_code }) => ts_code !== code);
    await world.dispatch({ job: "REFERENCE", refresh: true });
    const receipts = Array.from({ length: 12 }, () => world.work.receive()).filter(
      (one) => one !== undefined,
    );
    expect(receipts).toHaveLength(12);
    await Promise.all(receipts.map((receipt) => world.deliver(receipt)));
    expect(await goneCodes()).toHaveLength(1);
  });

  test("needs action when many are gone at once: nothing is marked, and the message names some", async () => {
    await run("REFERENCE");
    world.setTime("20240118", 8);
    await world.sql(
      `insert into stock_info (ts_code, name, list_status, list_date)
       select '60' || 1000 + at || '.SH', 'ghost', 'L', date '2001-01-01' from generate_series(1, 2) as at`,
    );
    await run("REFERENCE", { refresh: true });
    expect(await goneCodes()).toEqual([]);
    expect((await world.failures()).map(({ error_message }) => error_message)).toEqual([
      "stock_list: 2 codes are in no answer any more (601001.SH, 601002.SH): more than 10 % of 16, see SYNC_LIST_SHARE_MIN",
    ]);
    expect(await newestTask()).toMatchObject({ status: "FAILED", total_failed: 1 });
  });

  test("does not need action when it is the old code of a known move", async () => {
    await run("REFERENCE");
    const moves = knownMoves.map(({ from }) => from);
    for (const from of moves) {
      await world.sql("insert into stock_info (ts_code, name, list_status) values ($1, 'moved', 'L')", [
        from,
      ]);
    }
    await run("REFERENCE", { refresh: true });
    expect((await goneCodes()).map(({ ts_code }) => ts_code)).toEqual(moves.toSorted());
    expect(await parked()).toEqual([]);
  });
});

describe("the daily data of a stock that moved", () => {
  const [old, now] = ["300114.SZ", "302132.SZ"];
  const other = "600519.SH";
  const days = ["2025-02-13", "2025-02-14", "2025-02-17"];
  const get = (path: string) =>
    ask({ ...world.services, dispatcher: { start: async () => {} } }, `GET /api/daily${path}`);
  const rowsOf = async (path: string) => {
    const { status, body } = await get(path);
    expect(status).toBe(200);
    return (body as { rows: { ts_code: string; trade_date: string; close: string | null }[] }).rows;
  };

  /** The old code up to the move; the new code on the day before it and since, as if its history came only in part. */
  beforeEach(async () => {
    const rows: [string, string, number][] = [
      [old, "2025-02-13", 10],
      [old, "2025-02-14", 11],
      [now, "2025-02-14", 11],
      [now, "2025-02-17", 12],
      ...days.map((day): [string, string, number] => [other, day, 1500]),
    ];
    for (const row of rows) {
      await world.sql(
        "insert into stock_daily (ts_code, trade_date, close, pre_close, adj_factor) values ($1, $2, $3, $3, 2)",
        row,
      );
    }
  });
  const bothOnce = [
    [old, "2025-02-13"],
    [now, "2025-02-14"],
    [now, "2025-02-17"],
  ];

  test.each([
    "stock_daily_current",
    "stock_daily_with_factor",
    "stock_daily_hfq",
    "stock_daily_qfq",
    "stock_daily_qfq_at('2025-02-17')",
  ])("%s has each security once a day: where both codes have a row, that of the new code", async (view) => {
    const rows = await world.sql(
      `select ts_code, cast(trade_date as text) as day from ${view} order by trade_date, ts_code`,
    );
    expect(rows.filter(({ ts_code }) => ts_code !== other).map(({ ts_code, day }) => [ts_code, day])).toEqual(
      bothOnce,
    );
    expect(rows.filter(({ ts_code }) => ts_code === other)).toHaveLength(days.length);
  });

  test.each([old, now])("is one series for whoever asks for %s", async (code) => {
    const rows = await world.sql(
      "select ts_code, cast(trade_date as text) as day from stock_daily_of($1) order by trade_date",
      [code],
    );
    expect(rows.map(({ ts_code, day }) => [ts_code, day])).toEqual(bothOnce);
    expect((await world.sql("select codes_of($1) as codes", [code]))[0]).toEqual({ codes: [old, now] });
    expect((await world.sql("select codes_of($1) as codes", [other]))[0]).toEqual({ codes: [other] });
  });

  test("is there once in the API's whole market, and one series where it is asked for", async () => {
    const day = await rowsOf("?trade_date=20250214");
    expect(day.map(({ ts_code }) => ts_code)).toEqual([now, other]);
    const places = (rows: Awaited<ReturnType<typeof rowsOf>>) =>
      rows.map(({ ts_code, trade_date }) => [ts_code, trade_date.replace(/^(....)(..)(..)$/, "$1-$2-$3")]);
    for (const adjust of ["none", "hfq"]) {
      expect(places(await rowsOf(`/${now}?other_codes=true&adjust=${adjust}`))).toEqual(bothOnce);
      expect(places(await rowsOf(`/${old}?other_codes=true&adjust=${adjust}&from=20250214`))).toEqual(
        bothOnce.slice(1),
      );
    }
    expect(places(await rowsOf(`/${old}`))).toEqual([
      [old, "2025-02-13"],
      [old, "2025-02-14"],
    ]);
    expect(places(await rowsOf(`/${other}?other_codes=true`))).toHaveLength(days.length);
  });

  test("has no series adjusted forward: each code has a base day of its own", async () => {
    const { status, body } = await get(`/${now}?other_codes=true&adjust=qfq`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ field: "other_codes", allowed: expect.stringContaining("adjust=qfq") });
  });
});

describe("the codes listed on a day", () => {
  /** Moved on 17 February 2025, also the one whose old code is still stored; delisted; gone; of an ETF. */
  beforeEach(async () => {
    await world.sql("delete from stock_info");
    await world.sql(
      `insert into stock_info (ts_code, symbol, name, exchange, list_status, list_date, delist_date, gone_on, is_etf) values
       ('302132.SZ', '302132', '中航成飞', 'SZSE', 'L', '2010-08-27', null, null, 'N'),
       ('300114.SZ', '300114', '中航电测', 'SZSE', 'L', '2010-08-27', null, '2025-02-17', 'N'),
       ('001872.SZ', '001872', '招商港口', 'SZSE', 'L', '1993-05-05', null, null, 'N'),
       ('000003.SZ', '000003', 'PT金田A', 'SZSE', 'D', '1991-07-03', '2002-06-14', null, 'N'),
       ('000009.SZ', '000009', 'unknown', 'SZSE', 'D', '1991-07-03', null, null, 'N'),
       ('600001.SH', '600001', 'gone', 'SSE', 'L', '1998-01-22', null, '2009-12-29', 'N'),
       ('601313.SH', '601313', '江南嘉捷', 'SSE', 'L', '2012-01-16', null, null, 'N'),
       ('510300.SH', '510300', '沪深300ETF', 'SSE', 'L', '2012-05-28', null, null, 'Y')`,
    );
  });
  const get = async (query: string) => {
    const services = { ...world.services, dispatcher: { start: async () => {} } };
    const { status, body } = await ask(services, `GET /api/instruments?${query}`);
    expect(status).toBe(200);
    return (body as { instruments: { ts_code: string; symbol: string; name: string }[] }).instruments;
  };

  test.each([
    ["20020613", ["000003.SZ", "000022.SZ", "600001.SH"]],
    ["20020614", ["000022.SZ", "600001.SH"]],
    ["20091229", ["000022.SZ"]],
    ["20180227", ["000022.SZ", "300114.SZ", "510300.SH", "601313.SH"]],
    ["20180228", ["000022.SZ", "300114.SZ", "510300.SH"]],
    ["20181226", ["001872.SZ", "300114.SZ", "510300.SH"]],
    ["20250216", ["001872.SZ", "300114.SZ", "510300.SH"]],
    ["20250217", ["001872.SZ", "302132.SZ", "510300.SH"]],
  ])("on %s are those of that day, each security once with its code of then", async (day, codes) => {
    expect((await get(`on=${day}`)).map(({ ts_code }) => ts_code)).toEqual(codes);
    const rows = await world.sql(
      `select ts_code from listed_on(to_date($1, 'YYYYMMDD')) order by ts_code collate "C"`,
      [day],
    );
    expect(rows.map(({ ts_code }) => ts_code)).toEqual(codes);
  });

  test("can be filtered and read page by page, and have the symbol of then and the name of now", async () => {
    expect(await get("on=20250216&is_etf=N&limit=1")).toMatchObject([
      { ts_code: "001872.SZ", symbol: "001872" },
    ]);
    expect(await get("on=20250216&is_etf=N&limit=1&cursor=001872.SZ")).toMatchObject([
      { ts_code: "300114.SZ", symbol: "300114", name: "中航成飞" },
    ]);
    expect(await get("on=20250216&q=300114")).toHaveLength(1);
  });
});

describe("a stock that moved twice", () => {
  const [first, second, third] = ["300114.SZ", "302132.SZ", "920999.BJ"];
  const days = ["2025-02-14", "2025-02-17", "2025-10-09"];
  const store = async (code: string, on: readonly string[]) => {
    for (const day of on) {
      await world.sql(
        "insert into stock_daily (ts_code, trade_date, close, pre_close, adj_factor) values ($1, $2, 1, 1, 2)",
        [code, day],
      );
    }
  };
  const shown = async (from: string) =>
    (
      await world.sql(
        `select ts_code, cast(trade_date as text) as day from ${from} as bar order by trade_date, ts_code`,
      )
    ).map(({ ts_code, day }) => `${day} ${ts_code}`);

  beforeEach(async () => {
    await world.insert("bse_mapping", [
      { o_code: second, n_code: third, name: "twice", list_date: "2010-08-27" },
      { o_code: "430047.BJ", n_code: "830799.BJ", name: "there", list_date: "2020-11-24" },
      { o_code: "830799.BJ", n_code: "430047.BJ", name: "and back", list_date: "2020-11-24" },
    ]);
  });

  test.each([first, second, third])("has all its codes, whichever of them is asked for: %s", async (code) => {
    expect(await world.sql("select codes_of($1) as codes", [code])).toEqual([
      { codes: [first, second, third].sort() },
    ]);
  });

  test("is shown once a day, under the newest code that has the day", async () => {
    await store(first, days.slice(0, 2));
    await store(second, days.slice(0, 2));
    expect(await shown("stock_daily_current")).toEqual([`${days[0]} ${second}`, `${days[1]} ${second}`]);
    await store(third, [days[0] ?? "", days[2] ?? ""]);
    const once = [`${days[0]} ${third}`, `${days[1]} ${second}`, `${days[2]} ${third}`];
    for (const view of ["stock_daily_current", "stock_daily_hfq", `stock_daily_of('${first}')`]) {
      expect(await shown(view)).toEqual(once);
    }
    await world.sql("delete from stock_daily where ts_code = $1", [second]);
    expect(await shown("stock_daily_current")).toEqual([
      `${days[0]} ${third}`,
      `${days[1]} ${first}`,
      `${days[2]} ${third}`,
    ]);
  });

  test("is listed on each day with its code of then", async () => {
    await world.sql(
      `insert into stock_info (ts_code, symbol, name, exchange, list_status, list_date, gone_on)
       values ($1, '300114', 'a', 'SZSE', 'L', '2010-08-27', '2025-02-17'),
         ($2, '302132', 'b', 'SZSE', 'L', '2010-08-27', '2025-10-09'), ($3, '920999', 'c', 'BSE', 'L', '2010-08-27', null)`,
      [first, second, third],
    );
    const codesOn = async (day: string) =>
      (
        await world.sql(`select ts_code from listed_on($1::date) where ts_code_now in ($2, $3, $4)`, [
          day,
          first,
          second,
          third,
        ])
      ).map(({ ts_code }) => ts_code);
    for (const [day, code] of [
      ["2025-02-16", first],
      ["2025-02-17", second],
      ["2025-10-08", second],
      ["2025-10-09", third],
    ] as const)
      expect(await codesOn(day)).toEqual([code]);
  });

  test("of which two codes became one is shown once too, before the new code has the day", async () => {
    await world.sql("delete from bse_mapping");
    await world.insert("bse_mapping", [
      { o_code: "430047.BJ", n_code: "920047.BJ", name: "a", list_date: "2020-11-24" },
      { o_code: "830047.BJ", n_code: "920047.BJ", name: "a", list_date: "2020-11-24" },
    ]);
    await store("430047.BJ", [days[0] ?? ""]);
    await store("830047.BJ", [days[0] ?? ""]);
    expect(await shown("stock_daily_current")).toEqual([`${days[0]} 830047.BJ`]);
  });
});

describe("a market whose codes change", () => {
  const [old, now] = ["600519.SH", "600520.SH"];
  /** Days on which a row of a code is expected, and is not there. */
  const daysWithout = async (code: string) => {
    const [row] = await world.sql<{ days: number }>(
      `select cast(count(*) as integer) as days
       from (${membersSql(datasets.stock_daily)}) as member
       join trade_cal on is_open = 1 and cal_date between to_date($2, 'YYYYMMDD') and to_date($3, 'YYYYMMDD')
         and cal_date >= listed_from and cal_date < coalesce(listed_to, 'infinity')
       where ts_code = $1 and (ts_code, cal_date) not in (select ts_code, trade_date from stock_daily)`,
      [code, firstDay, lastDay],
    );
    return row?.days;
  };

  test("holds each security once a day after the move and a refresh, and lacks the new code's days before it", async () => {
    const history = { job: "DAILY_HISTORY", from: firstDay, to: lastDay };
    await run("REFERENCE");
    await world.dispatch(history);
    await world.runToEnd();
    expect(await daysWithout(old)).toBe(0);

    const { market } = world.state;
    const moved = (rows: Row[]) =>
      rows.filter(({ ts_code }) => ts_code === old).map((row) => ({ ...row, ts_code: now }));
    for (const name of ["daily", "adj_factor", "daily_basic"] as const)
      market[name].push(...moved(market[name]));
    market.stock_basic = [
      ...market.stock_basic.filter(({ ts_code }) => ts_code !== old),
      ...moved(market.stock_basic),
    ];
    market.bse_mapping = [{ o_code: old, n_code: now, name: "moved", list_date: "20010827" }];
    world.setTime("20240118", 8);
    await run("REFERENCE", { refresh: true });
    expect(await daysWithout(now)).toBe(marketDays.length); // its whole history

    await world.dispatch({ ...history, refresh: true });
    await world.runToEnd();
    expect([await daysWithout(old), await daysWithout(now)]).toEqual([0, 0]);
    const rowsIn = async (view: string) =>
      await world.sql(
        `select ts_code, cast(count(*) as integer) as days from ${view} where ts_code in ($1, $2) group by 1 order by 1`,
        [old, now],
      );
    expect(await rowsIn("stock_daily")).toEqual([
      { ts_code: old, days: marketDays.length },
      { ts_code: now, days: marketDays.length },
    ]);
    for (const view of ["stock_daily_current", "stock_daily_hfq", "stock_daily_qfq"]) {
      expect(await rowsIn(view)).toEqual([{ ts_code: now, days: marketDays.length }]);
    }
  });

  /** From 18 January on the upstream lists only the new code. */
  async function move(serves: "both codes" | "only the new code"): Promise<void> {
    const { market } = world.state;
    const renamed = (rows: Row[]) =>
      rows.filter(({ ts_code }) => ts_code === old).map((row) => ({ ...row, ts_code: now }));
    for (const name of ["daily", "adj_factor", "daily_basic"] as const) {
      const others = market[name].filter(({ ts_code }) => serves === "both codes" || ts_code !== old);
      market[name] = [...others, ...renamed(market[name])];
    }
    market.stock_basic = [
      ...market.stock_basic.filter(({ ts_code }) => ts_code !== old),
      ...renamed(market.stock_basic),
    ];
    market.bse_mapping = [{ o_code: old, n_code: now, name: "moved", list_date: "20010827" }];
    world.setTime("20240118", 8);
    await run("REFERENCE", { refresh: true });
  }
  const history = { job: "DAILY_HISTORY", from: firstDay, to: lastDay };
  const sync = async (command: object) => {
    await world.dispatch(command);
    await world.runToEnd();
    expect(await newestTask()).toMatchObject({ status: "COMPLETED", reason: null });
  };
  const planned = async (command: object = history) => (await world.dispatch({ plan: command })).plan?.units;
  const unitsOfNewest = async () =>
    (
      await world.sql(
        "select unit_key from sync_unit where task_id = (select id from sync_task order by started_at desc limit 1)",
      )
    ).map(({ unit_key }) => unit_key);
  const remove = (code: string, day: string) =>
    world.sql("delete from stock_daily where ts_code = $1 and trade_date = to_date($2, 'YYYYMMDD')", [
      code,
      day,
    ]);
  const stored = async () =>
    await world.sql(
      "select ts_code, cast(count(*) as integer) as days from stock_daily where ts_code in ($1, $2) group by 1 order by 1",
      [old, now],
    );

  test("fetches the new code's history, and nothing else, although its days were whole", async () => {
    await run("REFERENCE");
    await sync(history);
    expect(await planned()).toBe(0);
    await move("both codes");
    expect(await planned()).toBe(1);
    await sync(history);
    expect(await unitsOfNewest()).toEqual([`stock_daily/${now}/${firstDay}-${lastDay}`]);
    expect([await planned(), await planned({ ...history, job: "DAILY_INCREMENTAL" })]).toEqual([0, 0]);
    expect(await stored()).toEqual([old, now].map((ts_code) => ({ ts_code, days: marketDays.length })));
    expect(await world.sql("select ts_code from sync_absence")).toEqual([]);
  });

  test("heals a row of either code that is deleted, while the upstream has it", async () => {
    await run("REFERENCE");
    await sync(history);
    await move("both codes");
    await sync(history);
    await remove(old, "20240104");
    await remove(now, "20240109");
    expect(await planned()).toBe(2);
    await sync(history);
    expect(await stored()).toEqual([old, now].map((ts_code) => ({ ts_code, days: marketDays.length })));
  });

  test("explains the old code's days by the new code's where the upstream has only these, at once", async () => {
    await run("REFERENCE");
    await sync({ ...history, from: "20240110" });
    await move("only the new code");
    world.calls.length = 0;
    await sync(history); // earlier days too, on which the old code was never stored
    const calls = world.calls.filter(({ name }) => name === "daily");
    expect(calls).toHaveLength(6 + 1); // each earlier day once, and the new code's other days
    expect(await stored()).toEqual([
      { ts_code: old, days: 6 },
      { ts_code: now, days: marketDays.length },
    ]);
    await remove(old, "20240110");
    await sync(history);
    expect(await planned()).toBe(0);
    expect(await world.sql("select distinct ts_code, reason from sync_absence order by 1")).toEqual([
      { ts_code: old, reason: "no_data" },
    ]);
    for (const view of ["stock_daily_current", "stock_daily_hfq"]) {
      const rows = await world.sql(
        `select trade_date from ${view} where ts_code in ($1, $2) group by 1 having count(*) > 1`,
        [old, now],
      );
      expect(rows).toEqual([]);
    }
  });

  test("ends with the old code's days known by name when neither code has them", async () => {
    await run("REFERENCE");
    await sync(history);
    await move("only the new code");
    for (const name of ["daily", "adj_factor", "daily_basic"] as const) {
      const { market } = world.state;
      market[name] = market[name].filter(({ ts_code }) => ts_code !== now);
    }
    await world.sql("delete from stock_daily where ts_code = $1", [old]);
    await world.dispatch({ ...history, codes: [old] });
    await world.runToEnd();
    expect(await newestTask()).toMatchObject({ status: "COMPLETED" });
    expect(await parked()).toEqual([]);
  });

  test.skipIf(!hasCaptured)(
    "leaves no code listed for ever: the lists captured in 2019, 2024 and 2025, one after the other",
    async () => {
      await world.sql("delete from stock_info");
      let listed: string[] = [];
      for (const month of ["20191112", "202405", "202504"]) {
        const file = `stock_basic__list_status_L_captured_${month}.csv`;
        const rows = capturedRows(file, datasets.stock_list.main).map((row) => ({
          ...row,
          list_status: "L",
        }));
        listed = rows.map((row) => String((row as Row).ts_code)).sort();
        world.state.market.stock_basic = rows;
        await run("REFERENCE", { refresh: true });
        expect(await newestTask()).toMatchObject({ status: "COMPLETED" });
      }
      const members = await world.sql<{ ts_code: string; is_listed: boolean; ended: boolean }>(
        `select ts_code, is_listed, listed_to is not null as ended from (${membersSql(datasets.stock_daily)}) as member order by ts_code collate "C"`,
      );
      const isOnly = ({ ts_code, is_listed }: { ts_code: string; is_listed: boolean }) =>
        is_listed ? [ts_code] : [];
      expect(members.flatMap(isOnly)).toEqual(listed);
      expect(members.filter(({ is_listed, ended }) => !is_listed && !ended)).toEqual([]);
      expect(members.length).toBeGreaterThan(listed.length + 100);
    },
  );
});

// The origin of rows is recorded once per database; any other origin is refused before anything is planned or stored.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { drawProgress } from "../functions/widget-page.ts";
import { readOptions } from "../local/options.ts";
import { dataDirOf, readAsked } from "../local/origin.ts";
import type { Upstream } from "../local/tushare/handle.ts";
import { serveUpstream } from "../local/tushare/protocol.ts";
import type { ApiServices } from "../shared/api/route.ts";
import {
  capturedOrigin,
  decodeOrigin,
  encodeOrigin,
  type Origin,
  originOfAddress,
  simulatedOrigin,
  tushareOrigin,
} from "../shared/catalogue/origin.ts";
import { migrate } from "../shared/ledger/migrate.ts";
import { checkOrigin, claimOrigin, readHolding, readOrigin } from "../shared/ledger/origin.ts";
import { markOfOrigin, nameOrigin, warnOfOrigin } from "../shared/words/origin.ts";
import { translate } from "../shared/words/translate.ts";
import { ask } from "./support/ask-api.ts";
import { migrationFiles, silentLog } from "./support/database.ts";
import { databaseKinds, emptySchema, opened } from "./support/postgres-database.ts";
import { lastDay, marketDays } from "./support/small-market.ts";
import { makeWorld, type World } from "./support/world.ts";

const small = simulatedOrigin({ seed: 1, stocks: 60 });
const large = simulatedOrigin({ seed: 1, stocks: 5_400 });
const captured = capturedOrigin("data-2025", "0123456789abcdef");
const proxy = originOfAddress("https://proxy.example.com/tushare/");
const all: Origin[] = [tushareOrigin, small, large, captured, proxy];

describe("an origin", () => {
  test("is stored and read back unchanged", () => {
    for (const origin of all) expect(decodeOrigin(encodeOrigin(origin))).toEqual(origin);
    expect(() => decodeOrigin("real")).toThrow("origin is 'real', expected tushare, simulated, captured");
    expect(() => decodeOrigin("simulated ")).toThrow("expected tushare");
  });

  test.each([
    ["https://api.tushare.pro", "tushare"],
    ["https://API.tushare.pro/dataapi", "tushare"],
    ["https://api.waditu.com/dataapi", "tushare"],
    ["http://api.tushare.pro", "address"], // without TLS anyone on the network may answer
    ["https://api.tushare.pro.example.com", "address"],
    ["https://api.tushare.pro:8443", "address"],
    ["https://api.tushare.pro@example.com", "address"],
    ["http://127.0.0.1:8000", "address"],
  ])("of the upstream at %s is of the kind %s", (address, kind) => {
    expect(originOfAddress(address).kind).toBe(kind);
  });

  test("other than the real TuShare has a warning in both languages; only the real one has none", () => {
    for (const origin of all.slice(1)) {
      expect(warnOfOrigin(origin)).toMatch(/^(SIMULATED DATA|CAPTURED DATA|NOT TUSHARE) \(.+\): /);
      expect(translate(warnOfOrigin(origin) ?? "", "zh")).toMatch(
        /^\p{Script=Han}+ (SIMULATED|CAPTURED|NOT TUSHARE)（.+）：/u,
      );
      expect(markOfOrigin(origin)).toBeDefined();
    }
    expect([warnOfOrigin(tushareOrigin), markOfOrigin(tushareOrigin)]).toEqual([undefined, undefined]);
    expect(translate(nameOrigin(small), "zh")).toBe("模拟数据（种子 1，60 只股票）");
  });

  test("has a data folder that no other origin has", () => {
    expect(all.map(dataDirOf)).toEqual([
      ".local/tushare",
      ".local/simulated-60",
      ".local/simulated-5400",
      ".local/captured-data-2025-01234567",
      ".local/address-https-proxy.example.com-tushare",
    ]);
  });
});

describe("what a start is asked for", () => {
  const upstreams: Upstream[] = [];
  afterEach(async () => {
    for (const upstream of upstreams.splice(0)) await upstream.close();
  });
  const asked = (args: string[], environment: Record<string, string> = {}) =>
    readAsked(readOptions(args), environment);

  test("is the market without a token, the real TuShare with one, and nothing else", async () => {
    expect((await asked(["--stocks", "60"])).origin).toEqual(small);
    expect((await asked([], { TUSHARE_TOKEN: " \n" })).origin).toEqual(large);
    expect(await asked([], { TUSHARE_TOKEN: " abcdef\n" })).toEqual({
      origin: tushareOrigin,
      account: { token: "abcdef", url: "https://api.tushare.pro" },
    });
  });

  test("is still the simulated market when a token is sent to a simulator, whatever the address", async () => {
    const upstream = await serveUpstream({ stocks: 60, latencyMs: 0 });
    upstreams.push(upstream);
    const address = upstream.url.replace("127.0.0.1", "localhost");
    for (const url of [upstream.url, `${address}/dataapi`]) {
      expect((await asked([], { TUSHARE_TOKEN: "abcdef", TUSHARE_URL: url })).origin).toEqual(small);
    }
    const silent = "http://127.0.0.1:1/x";
    expect((await asked([], { TUSHARE_TOKEN: "abcdef", TUSHARE_URL: silent })).origin).toEqual(
      originOfAddress(silent),
    );
  });

  test.each([
    [[], { TUSHARE_TOKEN: "abc def" }, "TUSHARE_TOKEN holds white space or characters that no token has"],
    [[], { TUSHARE_TOKEN: "ab\nc" }, "TUSHARE_TOKEN holds white space or characters that no token has"],
    [
      [],
      { TUSHARE_URL: "https://example.com" },
      "TUSHARE_URL names an upstream, and TUSHARE_TOKEN is not set",
    ],
    [[], { TUSHARE_TOKEN: "t", TUSHARE_URL: "http://example.com" }, "TUSHARE_URL is 'http://example.com'"],
    [[], { TUSHARE_TOKEN: "t", TUSHARE_URL: "api.tushare.pro" }, "expected an https address"],
    [["--captured", "."], { TUSHARE_TOKEN: "t" }, "--captured and TUSHARE_TOKEN name two upstreams"],
    [["--faults", "mild"], { TUSHARE_TOKEN: "t" }, "--faults is for the simulated upstream"],
    [["--stocks", "60"], { TUSHARE_TOKEN: "t" }, "--stocks is for the simulated upstream"],
    [["--captured", ".", "--stocks", "60"], {}, "--stocks is for the simulated market"],
    [["--captured", "."], {}, "--captured: . holds no captured answer"],
    [["--adopt"], {}, "--adopt is for data of the real TuShare"],
  ])("%j with %j is refused in one sentence", async (args, environment, sentence) => {
    const refused = asked(args, environment as Record<string, string>);
    await expect(refused).rejects.toThrow(sentence);
    await expect(refused).rejects.not.toThrow("abc def"); // a token is never printed
  });
});

for (const { engine, missing, openEmpty, openMigrated } of await databaseKinds()) {
  describe.skipIf(missing !== undefined)(`a database (${engine}${missing ? `, ${missing}` : ""})`, () => {
    const on = opened(openMigrated);
    beforeEach(() => on.client.query("delete from mirror_origin"));

    test("keeps its first origin: the same one is accepted again, every other is refused", async () => {
      expect(await readHolding(on.database)).toBe("nothing");
      await claimOrigin(on.database, small);
      await claimOrigin(on.database, small);
      for (const other of [tushareOrigin, large, captured, proxy]) {
        const refusal = `this database holds simulated data (seed 1, 60 stocks) and would be given ${nameOrigin(other)}`;
        await expect(claimOrigin(on.database, other)).rejects.toMatchObject({
          kind: "permanent",
          scope: "account",
        });
        await expect(claimOrigin(on.database, other)).rejects.toThrow(refusal);
        await expect(checkOrigin(on.database, other)).rejects.toThrow(refusal);
      }
      expect(await readHolding(on.database)).toEqual(small);
      expect(await readOrigin(on.database)).toMatchObject(small);
      await expect(
        on.client.query("insert into mirror_origin (kind, identity) values ('tushare', 'x')"),
      ).rejects.toThrow("mirror_origin_key");
    });

    test("that is claimed by many at once belongs to one origin, and all others are refused", async () => {
      const claims = [small, large, tushareOrigin, captured, proxy, small, tushareOrigin];
      const outcomes = await Promise.allSettled(claims.map((origin) => claimOrigin(on.database, origin)));
      const owner = await readHolding(on.database);
      expect(outcomes.map(({ status }) => status === "fulfilled")).toEqual(
        claims.map((origin) => encodeOrigin(origin) === encodeOrigin(owner as Origin)),
      );
    });
  });

  describe.skipIf(missing !== undefined)(
    `an earlier version's database (${engine}${missing ? `, ${missing}` : ""})`,
    () => {
      const on = opened(openEmpty);
      const files = migrationFiles().sort((a, b) => (a.name < b.name ? -1 : 1));
      const before = files.filter(({ name }) => name < "0011");
      beforeEach(() => emptySchema(on.client));
      const aDay = "insert into trade_cal (exchange, cal_date, is_open) values ('SSE', '2024-01-02', 1)";

      test("with rows counts as real TuShare's when deployed, never as a trial's", async () => {
        await migrate(on.database, before, silentLog);
        expect(await readHolding(on.database)).toBe("nothing");
        await on.client.query(aDay);
        expect(await readHolding(on.database)).toBe("rows of an unknown origin");
        await migrate(on.database, files, silentLog);
        expect(await readHolding(on.database)).toBe("rows of an unknown origin");
        for (const trial of [small, captured]) {
          await expect(claimOrigin(on.database, trial)).rejects.toThrow(
            "this database holds rows of an unknown origin",
          );
        }
        await claimOrigin(on.database, tushareOrigin);
        expect(await readHolding(on.database)).toEqual(tushareOrigin);
      });

      test("without rows takes any origin", async () => {
        expect(await readHolding(on.database)).toBe("nothing");
        await migrate(on.database, before, silentLog);
        await migrate(on.database, files, silentLog);
        await claimOrigin(on.database, captured);
        expect(await readHolding(on.database)).toEqual(captured);
      });
    },
  );
}

describe("a stack on the rows of another origin", () => {
  let world: World;
  let services: ApiServices;
  beforeAll(async () => {
    world = await makeWorld();
    services = { ...world.services, dispatcher: { start: async () => {} } };
  });
  afterAll(() => world.close());
  const history = { job: "DAILY_HISTORY", from: marketDays[0], to: lastDay };
  /** As if its database had been replaced by another. */
  const record = ({ kind, identity }: Origin) =>
    world.sql("update mirror_origin set kind = $1, identity = $2", [kind, identity]);
  beforeEach(async () => {
    await world.reset();
    await record(world.services.origin);
  });

  test("plans nothing, and says what is there and what to do", async () => {
    await record(tushareOrigin);
    for (const command of [history, { plan: history }, { resume: "all" }, { retry: "all" }]) {
      await expect(world.dispatch(command)).rejects.toThrow(
        "this database holds real TuShare data and would be given simulated data (seed 1, 4 stocks): use another database, or empty this one",
      );
    }
    expect(await world.tasks()).toEqual([]);
    const started = await ask(services, "POST /api/jobs/DAILY_HISTORY/run");
    expect([started.status, started.body.error]).toEqual([409, "conflict"]);
    expect(started.body.message).toContain("holds real TuShare data");
    expect(await world.tasks()).toEqual([]);
  });

  test("stores nothing of what was planned before, and pauses its tasks instead of parking their units", async () => {
    await world.dispatch(history);
    await record(tushareOrigin);
    await world.runQueuesToEnd();
    expect(world.calls).toEqual([]);
    expect(await world.footprint()).toEqual([]);
    expect(await world.failures()).toEqual([]);
    const [task] = await world.tasks();
    expect(task).toMatchObject({ status: "PAUSED", total_failed: 0 });
    expect(task?.reason).toContain("holds real TuShare data");

    await record(world.services.origin);
    await world.dispatch({ resume: task?.id });
    await world.runToEnd();
    expect((await world.tasks())[0]).toMatchObject({ status: "COMPLETED" });
    expect(await world.footprint()).not.toEqual([]);
  });

  test("can still be paused and cancelled", async () => {
    const { tasks } = await world.dispatch(history);
    await record(tushareOrigin);
    expect((await world.dispatch({ pause: tasks[0]?.id })).outcome).toBe("paused");
    expect((await world.dispatch({ cancel: tasks[0]?.id })).outcome).toBe("cancelled");
  });

  test("every API answer says the origin of its data, and one route says it in full", async () => {
    const daily = await ask(services, "GET /api/daily?format=csv");
    expect(daily.headers["mirror-origin"]).toBe("simulated");
    expect(daily.text.split("\r\n")[0]).toMatch(/^ts_code,trade_date,/);
    expect((await ask(services, "GET /api/tasks/none")).headers["mirror-origin"]).toBe("simulated");
    expect((await ask(services, "GET /api/origin")).body).toMatchObject({
      kind: "simulated",
      identity: "seed 1, 4 stocks",
      is_real: false,
      warning: "SIMULATED DATA (seed 1, 4 stocks): every price is invented, none is the market's",
    });
    await record(tushareOrigin);
    expect((await ask(services, "GET /api/origin")).body).toMatchObject({ is_real: true, warning: null });
  });

  test("the widget says SIMULATED above everything, and nothing where the data is real", async () => {
    const arns = { dispatcherArn: "arn:d", ownArn: "arn:o" };
    expect(await drawProgress(world.services, arns, 30)).toContain(
      'role="note">SIMULATED DATA (seed 1, 4 stocks)',
    );
    const real = await drawProgress({ ...world.services, origin: tushareOrigin }, arns, 30);
    expect(real).not.toContain('role="note"');
  });
});

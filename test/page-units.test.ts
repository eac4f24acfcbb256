// The page's view of a task's units and of a failure's history, without a browser.
import { afterAll, beforeAll, expect, test } from "vitest";
import { wordsFor } from "../local/page/choose-words.ts";
import { drawFailure, drawUnits } from "../local/page/units.ts";
import { makeWorld, type World } from "./support/world.ts";

const task = "00000000-0000-1100-8000-000000000009";
const hostile = `stock_daily/<script>"'&`;
const now = new Date("2026-11-20T10:00:00Z");
const [english, chinese] = [wordsFor("en"), wordsFor("zh-CN")];

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  await world.sql(
    `insert into sync_task (id, job_type, status, batch_size, config, total_units, total_failed, current_offset)
     values ('${task}', 'DAILY_HISTORY', 'FAILED', 5, '{}', 1150, 1, 1150)`,
  );
  await world.sql(
    `insert into sync_unit (task_id, sequence, dataset, unit_key, selector, status, rows, attempts, last_error, settled_at)
     select '${task}', n, 'stock_daily', case when n = 1100 then $1 else 'stock_daily/' || n end, '{}',
       case when n = 1100 then 'parked' else 'done' end, case when n <> 1100 then n end, 1,
       case when n = 1100 then 'lost <b>' end, timestamptz '2026-11-20 09:00Z'
     from generate_series(1, 1150) as n`,
    [hostile],
  );
  await world.sql(
    `insert into sync_failure_record (job_type, unit_key, task_id, sequence, kind, error_message, retry_count, max_retries,
       created_at, last_attempt_at, resolved_at, dismissed)
     values ('DAILY_HISTORY', $1, null, null, 'transient', 'first time', 2, 3, '2026-11-18 09:00Z', '2026-11-18 09:20Z', '2026-11-18 09:30Z', null),
       ('DAILY_HISTORY', $1, null, null, 'permanent', 'second time', 3, 3, '2026-11-19 09:00Z', '2026-11-19 09:20Z', '2026-11-19 10:00Z', 'by hand'),
       ('DAILY_HISTORY', $1, '${task}', 1100, 'permanent', 'lost <b>', 3, 3, '2026-11-20 08:00Z', '2026-11-20 09:00Z', null, null)`,
    [hostile],
  );
});
afterAll(() => world?.close());

const units = async (more: Record<string, string>, words = english) =>
  await drawUnits(world.services.database, new URLSearchParams({ task, ...more }), now, words);
const keys = (page: string) => [...page.matchAll(/stock_daily\/(\d+)</g)].map((found) => Number(found[1]));

test("more than a thousand units are shown a hundred at a time, in the task's order, to the last one", async () => {
  const seen: number[] = [];
  let [search, pages] = ["", 0];
  for (let more: Record<string, string> | undefined = {}; more !== undefined; pages += 1) {
    const page = await units(more);
    expect(page.match(/<tr>/g)?.length).toBeLessThanOrEqual(101);
    seen.push(...keys(page));
    search = /href="\/units\?([^"]*after=[^"]*)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
    more = search === "" ? undefined : Object.fromEntries(new URLSearchParams(search));
  }
  expect(pages).toBe(12);
  expect(seen).toEqual(Array.from({ length: 1_150 }, (_, at) => at + 1).filter((n) => n !== 1_100));
});

test("a status is shown by itself, with its reason and a link to the history of the failure", async () => {
  const parked = await units({ status: "parked" });
  expect(keys(parked)).toEqual([]);
  expect(parked).toContain("lost &lt;b&gt;");
  expect(parked).toMatch(/href="\/failure\?id=\d+"/);
  expect(parked).not.toContain("<script");
  expect(await units({ status: "parked" }, chinese)).toContain("<strong>需要人工处理 1</strong>");
});

test("a failure says what becomes of it, what came before, and offers a retry while it is open", async () => {
  const [open] = await world.sql("select max(id) as id from sync_failure_record");
  const draw = async (id: string, words = english) =>
    await drawFailure(world.services.database, new URLSearchParams({ id }), now, words);
  const page = await draw(String(open?.id));
  expect(page).toContain("needs action: no further attempt is planned");
  expect(page.replace(/<[^>]*>/g, " ")).toMatch(
    /second time.*dismissed at 11-19 18:00: by hand.*first time.*succeeded at 11-18 17:30/s,
  );
  expect(page).toContain(`data-command="{&quot;retry&quot;:${open?.id}}"`);
  expect(page).not.toContain("<script");
  expect(await draw(String(Number(open?.id) - 1), chinese)).not.toContain("data-command");
});

test.each(["", "x", "00000000-0000-1100-8000-00000000000a", `${task}'; drop table sync_task; --`])(
  "of what is no task (%s) it says so",
  async (typed) => {
    expect(await units({ task: typed })).toBe("<p>There is no such task.</p>");
    const failure = await drawFailure(
      world.services.database,
      new URLSearchParams({ id: typed }),
      now,
      english,
    );
    expect(failure).toBe("<p>There is no such failure.</p>");
  },
);

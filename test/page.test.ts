// What the local page promises, tested in a real browser against a running `npm start`.
import { existsSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { createConnection } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wordsFor } from "../local/page/choose-words.ts";
import { askSql } from "../local/page/sql.ts";
import { runAxe } from "./support/axe.ts";
import {
  desktop,
  faintLabels,
  layoutShift,
  missingChromium,
  openChromium,
  openPage,
  phone,
  tabTo,
} from "./support/chromium.ts";
import { type Run, referenceDataDir, slow, startMirror } from "./support/npm-start.ts";
import { until } from "./support/until.ts";

if (missingChromium !== undefined) console.warn(`skipped: ${missingChromium}`);

const dataDir = await referenceDataDir(200);
/** One day's answer lacks a column the first time, which needs action. */
const fault = {
  kind: "column-missing",
  interface: "daily",
  date: "20260610",
  column: "close",
  count: 1,
};

let run: Run;
let url = "";
let browser: Browser;

beforeAll(async () => {
  run = startMirror(
    [
      ...["--data-dir", dataDir.path, "--stocks", "200", "--from", "20260601", "--to", "20261120"],
      ...["--faults", JSON.stringify([fault])],
    ],
    slow,
  );
  await run.printed("page       http");
  await until(() => /page +http:\S+\s/.test(run.output()));
  url = /page +(http:\S+)/.exec(run.output())?.[1] ?? "";
  if (missingChromium === undefined) browser = await openChromium();
});

afterAll(async () => {
  await browser?.close();
  run.signal("SIGINT");
  await run.ended;
  dataDir.remove();
});

const taskRow = "#fragment-tasks tr:has-text('DAILY_HISTORY')";

test("the first answer has the data already: tasks, coverage and a chart's place, before any script runs", async () => {
  const { port, host } = new URL(url);
  const { body } = await answerOf({ port, method: "GET", path: "/", headers: { host } }, "");
  for (const part of ["tasks", "now", "coverage"]) expect(body).not.toContain(`id="fragment-${part}"></div>`);
  expect(body).toMatch(/id="fragment-tasks">.*DAILY_HISTORY/s);
  expect(body).toMatch(/<svg class="ts-heat"/);
});

describe.skipIf(missingChromium !== undefined)("in a browser", () => {
  test.each([
    ["desktop", desktop],
    ["phone", phone],
    ["Chinese phone", { ...phone, locale: "zh-CN" }],
  ])("on a %s nothing jumps while the page loads and a task runs", async (name, device) => {
    const page = await openPage(browser, url, device);
    const units = page.locator(`${taskRow} td:nth-child(4)`);
    const done = async () => Number.parseInt(((await units.textContent()) ?? "").replaceAll(",", ""), 10);
    const seen = await done();
    await until(async () => (await done()) > seen + 12);
    await page.locator("#chart svg.ts-chart").waitFor();
    const endless =
      "document.getAnimations({ subtree: true }).filter((each) => each.effect.getTiming().iterations === Infinity).length";
    expect(await page.evaluate(endless)).toBe(0); // each would take a tenth of a core
    const shift = await layoutShift(page);
    console.info(`layout shift on a ${name}: ${shift.toFixed(3)}`);
    expect(shift).toBeLessThanOrEqual(0.1);
    await page.context().close();
  });

  test("progress updates without a reload, and is announced to screen readers", async () => {
    const complaints: string[] = [];
    const page = await openPage(browser, url, desktop, complaints);
    await page.evaluate("window.isStillHere = true");
    const units = page.locator(`${taskRow} td:nth-child(4)`);
    const done = async () => Number.parseInt(((await units.textContent()) ?? "").replaceAll(",", ""), 10);
    await units.waitFor();
    const seen = await done();
    await until(async () => (await done()) > seen + 5);
    await until(async () => /DAILY_HISTORY: \d+ %/.test((await page.locator("#change").textContent()) ?? ""));
    expect(await page.evaluate("window.isStillHere")).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("the keyboard is enough to pause and resume, and the focus stays in place", async () => {
    const page = await openPage(browser, url, desktop);
    await page.locator(taskRow).waitFor();
    await tabTo(page, "Pause DAILY_HISTORY");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    expect(await page.locator(taskRow).textContent()).toContain("RUNNING");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Pause DAILY_HISTORY?" }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator(`${taskRow}:has-text('PAUSED')`).waitFor();
    const focused = () => page.evaluate<string>('document.activeElement.getAttribute("aria-label")');
    await until(async () => (await focused()) === "Resume DAILY_HISTORY");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.locator(`${taskRow}:has-text('RUNNING')`).waitFor();
    await page.locator("#outcome", { hasText: /^DAILY_HISTORY continues\.$/ }).waitFor();
    await page.context().close();
  });

  test("a partial day is framed, and opens to the names of what it lacks, by mouse and by keyboard", async () => {
    const page = await openPage(browser, url, desktop);
    await page.locator(`${taskRow}:has-text('FAILED')`).waitFor({ timeout: 50_000 });
    const coverage = page.locator("#fragment-coverage");
    await coverage.getByText("Latest partial: 2026-06-10 (").waitFor({ timeout: 30_000 });
    expect(await coverage.locator("svg.ts-heat g.ts-partial").count()).toBe(1);
    expect(await coverage.locator("svg.ts-heat g.ts-whole").count()).toBeGreaterThan(50);
    const names = page.getByRole("dialog", { name: "Details" });
    for (const open of [
      () => coverage.locator("svg.ts-heat a:has(g.ts-partial)").click(),
      () => coverage.locator("figcaption").getByRole("link", { name: "2026-06-10" }).press("Enter"),
    ]) {
      await open();
      await names.getByText("Stock daily data on 2026-06-10").waitFor();
      expect(await names.locator("tbody tr").count()).toBeGreaterThan(100);
      expect(await names.locator("tbody tr").first().textContent()).toMatch(/\d{6}\.S[HZ]\s+daily\s+missing/);
      await page.keyboard.press("Escape");
      await names.waitFor({ state: "hidden" });
    }
    await page.context().close();
  });

  test("what needs action is shown with its reason, and a retry from the page repairs it", async () => {
    const page = await openPage(browser, url, desktop);
    await page.locator(`${taskRow}:has-text('FAILED')`).waitFor({ timeout: 50_000 });
    const failure = page.locator("#fragment-failures tr:has-text('stock_daily/20260610')");
    expect(await failure.textContent()).toMatch(
      /permanent daily stock_daily\/20260610: reply has no column close/,
    );
    for (const width of [1200, 950, 360]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width); // long words too
    }
    await page.setViewportSize(desktop.viewport);
    await page.locator(taskRow).getByRole("link", { name: "DAILY_HISTORY" }).click();
    const details = page.getByRole("dialog", { name: "Details" });
    await details.getByText(/^Units of DAILY_HISTORY, started/).waitFor();
    expect(await details.locator("tbody tr").count()).toBeGreaterThanOrEqual(100);
    await details.getByRole("link", { name: "The next ones" }).click();
    await details.getByText("stock_daily/20261120").waitFor();
    await details.getByRole("link", { name: "needs action 1" }).click();
    await details.getByText("reply has no column close").waitFor();
    await details.getByRole("link", { name: "stock_daily/20260610" }).click();
    await details.getByText("needs action: no further attempt is planned").waitFor();
    expect(await details.locator(".facts").textContent()).toMatch(
      /first failed.*last attempt.*retries0 of \d/s,
    );
    await details.getByRole("button", { name: "Retry stock_daily/20260610" }).click();
    await page.getByRole("button", { name: "Yes" }).click();
    await page.getByText("Nothing needs action.").waitFor();
    await page.locator(`${taskRow}:has-text('COMPLETED')`).waitFor();
    await page.context().close();
  });

  test("a job shows its cost before it starts, and a refusal shows the dispatcher's message", async () => {
    const page = await openPage(browser, url, desktop);
    await page.getByRole("combobox", { name: "Job" }).selectOption("DAILY_HISTORY");
    await page.getByLabel("Only these codes").fill("999999.SH");
    await page.getByRole("button", { name: "Start …" }).click();
    await page.getByText("no stock 999999.SH").first().waitFor();
    expect(await page.locator("#outcome.trouble").isVisible()).toBe(true);
    await page.getByLabel("Only these codes").fill("");
    const form = page.locator("#start-form");
    await form.getByLabel("From", { exact: true }).fill("2026-05-25");
    await form.getByLabel("To", { exact: true }).fill("2026-05-29");
    await page.getByRole("button", { name: "Start …" }).click();
    const question = page.getByRole("dialog");
    await question.waitFor();
    expect(await question.locator("p").textContent()).toBe(
      "Start DAILY_HISTORY? It plans 5 units: adj_factor 5, daily 5, daily_basic 5, suspend_d 5, about 0 min. Days 2026-05-25 to 2026-05-29.",
    );
    expect(await page.locator("#outcome").isVisible()).toBe(false); // the old refusal is gone
    await page.getByRole("button", { name: "Yes" }).click();
    await page.locator("#fragment-tasks tr:has-text('5 of 5')").waitFor();
    await page.context().close();
  });

  test("a day of the coverage is fetched again from its names, with its price first", async () => {
    const page = await openPage(browser, url, desktop);
    const coverage = page.locator("#fragment-coverage");
    await coverage.locator("svg.ts-heat g.ts-whole a, svg.ts-heat a:has(g.ts-whole)").last().click();
    const again = page.getByRole("button", { name: /^Fetch 2026-\d\d-\d\d again …$/ });
    await again.click();
    const question = page.getByRole("dialog", {
      name: /^Start DAILY_HISTORY\? It plans 1 unit: adj_factor 1, daily 1/,
    });
    await question.getByRole("button", { name: "Yes" }).click();
    await page.locator("#outcome", { hasText: "DAILY_HISTORY is started." }).waitFor();
    await page.locator("#fragment-tasks tr:has-text('1 of 1')").first().waitFor();
    await page.context().close();
  });

  async function query(sql: string) {
    await run.printed("psql postgres://"); // which comes after the page's address
    const client = new pg.Client({ connectionString: /psql (postgres:\/\/\S+)/.exec(run.output())?.[1] });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  test("a verification is started from the page, says its calls first, and opens to what it found", async () => {
    const [{ ts_code }] = await query(
      "update stock_daily set close = 1.5 where (ts_code, trade_date) = (select min(ts_code), date '2026-05-27' from stock_daily where trade_date = '2026-05-27') returning ts_code",
    );
    const page = await openPage(browser, url, desktop);
    const form = page.locator("#verify-form");
    await form.getByLabel("Dataset").selectOption("stock_list");
    expect(await form.getByLabel("From").isDisabled()).toBe(true);
    await form.getByLabel("Dataset").selectOption("stock_daily");
    await form.getByLabel("From", { exact: true }).fill("2026-05-25");
    await form.getByLabel("To", { exact: true }).fill("2026-05-29");
    await form.getByRole("button").click();
    const newest = page.locator("#fragment-verifications tbody tr").first();
    await newest
      .filter({ hasText: "stored rows" })
      .filter({ hasText: /whole|complete/ })
      .waitFor();

    await form.getByLabel("Compare with TuShare").check();
    await form.getByRole("button").click();
    const question = page.getByRole("dialog");
    await question.waitFor();
    expect(await question.locator("p").textContent()).toMatch(
      /^Compare with TuShare\? A task of DAILY_HISTORY makes calls for 5 units \(.*daily 5, .*stores nothing/,
    );
    await page.getByRole("button", { name: "Yes" }).click();
    await newest.getByRole("link", { name: "DIFFERENT from TuShare" }).click();
    const names = page.getByRole("dialog", { name: "Details" });
    await names.getByText("Stock daily data 2026-05-25 – 2026-05-29").waitFor();
    expect(await names.locator("tbody tr").textContent()).toMatch(
      new RegExp(`different\\s+2026-05-27\\s+${ts_code}\\s+close\\s+1\\.5\\s+\\d`),
    );
    await page.context().close();
  });

  test("the chart shows any code, with the chosen adjustment", async () => {
    const rows = await query(`select ts_code,
  (array_agg(close order by trade_date))[1] as first_close,
  (array_agg(adj_factor order by trade_date))[1] as first_factor,
  (array_agg(adj_factor order by trade_date desc))[1] as last_factor
from stock_daily group by ts_code
having count(distinct adj_factor) > 1 and min(adj_factor) > 1.5 order by ts_code limit 1`);
    const [{ ts_code, first_close, first_factor, last_factor }] = rows;

    const page = await openPage(browser, url, desktop);
    await page.getByLabel("Code, name or pinyin").fill(ts_code.slice(0, 6));
    await until(async () => (await page.locator(`#codes option[value="${ts_code}"]`).count()) === 1);
    await page.getByLabel("Code, name or pinyin").fill(ts_code);
    await page.keyboard.press("Enter");
    const drawn = async (adjustment: string) => {
      await page.getByRole("radio", { name: adjustment }).check();
      const chart = page.locator(
        `#chart svg.ts-chart[aria-label^="${ts_code}"][aria-label*="${adjustment}"]`,
      );
      await chart.waitFor();
      const oldest = page.locator("#chart tbody tr:last-child td:nth-child(5)");
      return {
        path: await chart.locator("path").first().getAttribute("d"),
        oldest: Number((await oldest.textContent())?.replaceAll(",", "")),
        axis: await chart.locator("text").allTextContents(),
      };
    };
    const [none, qfq, hfq] = [await drawn("unadjusted"), await drawn("qfq"), await drawn("hfq")];
    expect(none.oldest).toBeCloseTo(Number(first_close), 2);
    expect(qfq.oldest).toBeCloseTo((first_close * first_factor) / last_factor, 2);
    expect(hfq.oldest).toBeCloseTo(first_close * first_factor, 2);
    expect(qfq.path).not.toBe(none.path);
    expect(hfq.axis).not.toEqual(qfq.axis);
    await page.getByRole("radio", { name: "1 m" }).check();
    await page.locator("#chart summary:has-text('newest 2')").waitFor(); // some twenty days
    await page.context().close();
  });

  test("Enter takes the first match of a code, its digits, a name or its pinyin initials", async () => {
    const [{ ts_code, symbol, name, cnspell }] = await query(
      "select ts_code, symbol, name, cnspell from stock_info where cnspell = any (select cnspell from stock_info group by 1 having count(*) = 1) and ts_code = any (select ts_code from stock_daily) order by 1 limit 1",
    );
    const page = await openPage(browser, url, desktop);
    const input = page.getByLabel("Code, name or pinyin");
    for (const typed of [ts_code.toLowerCase(), symbol, name, name.slice(0, 3), cnspell, `sz${symbol}`]) {
      await input.fill("没有这个");
      await page.keyboard.press("Enter");
      await page.getByText("No code, name or pinyin initials contain '没有这个'.").waitFor();
      await input.fill(typed);
      await page.keyboard.press("Enter");
      await page.locator(`#chart svg.ts-chart[aria-label^="${ts_code} · ${name}"]`).waitFor();
      expect(await input.inputValue()).toBe(ts_code);
    }
    await page.context().close();
  });

  test("the crosshair says a day's figures by mouse and by keys, and a second code is compared from 100", async () => {
    const rows = await query(`select to_char(trade_date, 'YYYY-MM-DD') as day, open, close, vol
from stock_daily where ts_code = '600519.SH' order by trade_date desc limit 2`);
    const [newest, before] = rows.map(({ day, close }) => ({ day, close: String(Number(close)) }));
    const page = await openPage(browser, url, desktop);
    const reading = page.locator("#reading");
    const says = async ({ day, close }: { day: string; close: string } = { day: "?", close: "?" }) =>
      await reading
        .filter({ hasText: new RegExp(`^${day} .* close ${close.replace(".", "\\.")} .* volume`) })
        .waitFor();
    await says(newest);
    expect(await page.locator("#chart svg.candles path.body").count()).toBe(2);
    const slider = page.getByRole("slider", { name: "Day of the chart" });
    await slider.hover({ position: { x: 1, y: 50 } });
    await until(async () => !(await reading.textContent())?.startsWith(newest?.day ?? ""));
    const width = (await slider.boundingBox())?.width ?? 0;
    await slider.hover({ position: { x: width - 1, y: 50 } });
    await says(newest);
    await slider.press("ArrowLeft");
    await says(before);
    expect(await slider.getAttribute("aria-valuetext")).toBe(await reading.textContent());

    const compared = page.getByRole("combobox", { name: "Compare with" });
    await compared.fill("没有这个");
    await compared.press("Enter");
    await page.getByText("No code, name or pinyin initials contain '没有这个'.").waitFor();
    const [{ ts_code }] = await query(
      "select min(ts_code) as ts_code from stock_daily where trade_date > '2026-11-01'",
    );
    await compared.fill(ts_code);
    await compared.press("Enter");
    await page.locator(`#chart svg.ts-chart[aria-label*="${ts_code}"]`).waitFor();
    expect(await page.locator("#chart svg.candles path").count()).toBe(2);
    expect(await page.locator("#chart figcaption").textContent()).toMatch(
      /^Close, 20\d\d-\d\d-\d\d is 100\./,
    );
    await slider.press("Home");
    await reading.filter({ hasText: /600519\.SH .* 100 \(±0 %\) .* 100 \(±0 %\)/ }).waitFor();
    await page.context().close();
  });

  test("dragging over the chart chooses its days, the fields say which, and events of the code are marked", async () => {
    const [{ ts_code, day, stock }] = await query(`with step as (
  select ts_code, trade_date, adj_factor, lag(adj_factor) over (partition by ts_code order by trade_date) as before
  from stock_daily
)
select ts_code, to_char(trade_date, 'YYYY-MM-DD') as day, stock_info.name as stock
from step join stock_info using (ts_code)
where adj_factor <> before and trade_date > '2026-06-10' order by trade_date desc limit 1`);
    await query(`insert into index_daily (ts_code, trade_date, open, high, low, close, vol)
select '000300.SH', trade_date, open, high, low, close, vol from stock_daily where ts_code = '${ts_code}'`);
    await query(`insert into fina_indicator (ts_code, end_date, ann_date, update_flag)
select '${ts_code}', '2026-09-30', '2026-10-31', flag from unnest(array['0', '1']) as flag`); // a Saturday
    const page = await openPage(browser, url, desktop);
    const input = page.getByLabel("Code, name or pinyin");
    await input.fill(ts_code);
    await input.press("Enter");
    const drawing = page.locator(`#chart svg.candles[aria-label^="${ts_code} · ${stock}"]`);
    await drawing.waitFor();
    expect(await drawing.locator("text.mark").allTextContents()).toEqual(expect.arrayContaining(["X", "R"]));
    await page.locator("#chart summary").click();
    const rowOf = (text: string) => page.locator(`#chart tbody tr:has-text("${text}")`);
    expect(await rowOf(day).textContent()).toMatch(/ex-rights, factor × \d/);
    expect(await rowOf("report of").textContent()).toContain("2026-11-02"); // the first trading day since
    expect(await rowOf("report of 2026-09-30").count()).toBe(1);

    const slider = page.getByRole("slider", { name: "Day of the chart" });
    await slider.scrollIntoViewIfNeeded();
    const plot = await slider.boundingBox();
    if (plot === null) throw new Error("the chart has no slider");
    await page.mouse.move(plot.x + plot.width / 2, plot.y + 60);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width - 2, plot.y + 60, { steps: 3 });
    expect(await page.locator("#selection").getAttribute("visibility")).toBe("visible");
    await page.mouse.up();
    const days = page.locator("#chart-form");
    await until(async () => (await days.getByLabel("From", { exact: true }).inputValue()) !== "");
    const from = await days.getByLabel("From", { exact: true }).inputValue();
    await page.locator(`#chart svg.candles[aria-label*="${from} to "]`).waitFor();
    expect(await page.getByRole("radio", { name: "1 y" }).isChecked()).toBe(false);
    await days.getByLabel("To", { exact: true }).fill("2026-01-05");
    await days.getByLabel("From", { exact: true }).fill("2026-09-30"); // the wrong way round
    await page.locator('#chart svg.candles[aria-label*="to 2026-09-30"]').waitFor();
    await days.getByLabel("To", { exact: true }).fill("1999-01-05");
    await days.getByLabel("From", { exact: true }).fill("1999-01-04");
    await page.getByText(`No prices of ${ts_code} · ${stock} are stored for these days.`).waitFor();
    await page.getByRole("radio", { name: "5 y" }).check();
    await drawing.waitFor();
    expect(await days.getByLabel("To", { exact: true }).inputValue()).toBe("");

    const compared = page.getByRole("combobox", { name: "Compare with" });
    await compared.fill("000300.SH");
    await compared.press("Enter");
    await page.locator('#chart svg.ts-chart[aria-label*="000300.SH"]').waitFor();
    await query("truncate index_daily, fina_indicator");
    await page.context().close();
  });

  test("a statement shows its rows, can be saved as CSV, and is refused in words where it writes", async () => {
    const page = await openPage(browser, url, desktop);
    const box = page.locator("#sql");
    const statement = box.getByRole("textbox", { name: "Statement" });
    await box
      .getByLabel("Questions")
      .selectOption({ label: "How many stocks and ETFs are listed on each exchange?" });
    await statement.press("Control+Enter");
    await box.getByText(/^\d+ rows, in [\d.]+ s\.$/).waitFor();
    expect(await box.locator("thead").textContent()).toContain("is_etfexchangelisted");
    await box.getByRole("img", { name: /^listed of \d+ rows: highest \S+ · \S+ \d+, lowest / }).waitFor();
    const said = box.getByRole("status");
    const asked = async (sql: string, answer: RegExp) => {
      await statement.fill(sql);
      await box.getByRole("button", { name: "Run" }).click();
      await said.filter({ hasText: answer }).waitFor();
    };
    await asked(
      "select n, '<b>' || n as name, null as none from generate_series(1, 300) as n",
      /^The first 200 rows/,
    );
    expect(await box.locator("tbody tr").count()).toBe(200);
    expect(await box.locator(".sql-picture").count()).toBe(0); // neither a number beside a number, nor one beside a name
    expect(await box.locator("tbody tr").first().textContent()).toMatch(/1\s*<b>1\s*null/);
    const saving = page.waitForEvent("download");
    await box.getByRole("button", { name: "Save as CSV" }).click();
    const file = readFileSync(await (await saving).path(), "utf8");
    expect(file.split("\r\n")).toHaveLength(302); // the names, and nothing after the last line end
    expect(file).toMatch(/^\ufeffn,name,none\r\n1,<b>1,\r\n/);
    await said.filter({ hasText: "Saved 300 rows." }).waitFor();

    for (const width of [360, 1200]) {
      await page.setViewportSize({ width, height: 900 });
      await asked(
        "select date '2026-01-01' + n as day, n as low, n + 1 as high, n * 1e8 as amount from generate_series(1, 20) as n",
        /^20 rows/,
      );
      const amount = box.getByRole("img", {
        name: "day, 2026-01-02 to 2026-01-21: amount (millions) from 100 to 2,000, lowest 100, highest 2,000",
      });
      const room = await page.evaluate("String(document.getElementById('sql-result').clientWidth)");
      await until(async () => (await amount.getAttribute("width")) === room);
      expect(await box.locator(".sql-picture path").count()).toBe(3);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    }
    await page.setViewportSize({ width: 360, height: 740 });
    await asked(
      `select repeat('name', 50) as name, 1e300 as ${"value_".repeat(10)} union all select 'b', -1`,
      /^2 rows/,
    );
    await box.locator(".sql-bars").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);

    await asked("select 'a <b>' as name, 2.5 as value union all select 'c', -1", /^2 rows/);
    await box.getByRole("button", { name: "Save question" }).click();
    const asking = page.getByRole("dialog", { name: "Save question" });
    await asking.getByLabel("Name of the question").fill(`<i>"'mine`);
    await page.keyboard.press("Enter");
    await said.filter({ hasText: `Saved '<i>"'mine'.` }).waitFor();
    await page.reload();
    await box.getByLabel("Questions").selectOption({ label: `<i>"'mine` });
    await statement.press("Control+Enter");
    await box
      .getByRole("img", { name: "value of 2 rows: highest a <b> 2.5, lowest c -1", exact: true })
      .waitFor();
    await box.getByRole("button", { name: "Delete question" }).click();
    await page.getByRole("dialog", { name: `Delete the saved question '<i>"'mine'?` }).waitFor();
    await page.keyboard.press("Escape");
    await box.getByRole("button", { name: "Delete question" }).click();
    await page.keyboard.press("Enter");
    await said.filter({ hasText: `Deleted '<i>"'mine'.` }).waitFor();
    expect(await box.locator("#sql-own option").count()).toBe(0);
    expect(await statement.inputValue()).toContain("a <b>"); // what was in the box stays

    await asked("delete from stock_info", /only reads, so it begins with select, .*, not with delete/);
    await asked("select 1; select 2", /cannot insert multiple commands/);
    await asked(
      "with gone as (delete from stock_info returning 1) select * from gone",
      /must not contain data-modifying statements/,
    );
    await asked(
      "select set_config('transaction_read_only', 'off', true)",
      /permission denied for function set_config/,
    );
    await asked("select closing from stock_daily", /"closing" does not exist · at character 8/);
    expect(await box.locator("tbody").count()).toBe(0);
    await page.context().close();
  });

  test("a phone 360 pixels wide scrolls in one direction, in both languages", async () => {
    for (const [locale, userAgent] of [
      ["en-US", phone.userAgent],
      ["zh-CN", "a browser that says nothing of its screen"],
    ] as const) {
      const page = await openPage(browser, url, { ...phone, locale, userAgent });
      await page.locator("#chart svg.ts-chart").waitFor();
      await page.locator("#fragment-coverage svg").first().waitFor();
      const drawn =
        "document.querySelector('#chart svg').getAttribute('width') - document.getElementById('chart').clientWidth";
      await until(async () => Math.abs(await page.evaluate<number>(drawn)) < 10);
      await page.locator("#chart summary").click();
      const widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]";
      expect(await page.evaluate(widths)).toEqual([360, 360]);
      const cut = await page.evaluate(
        `[...document.querySelectorAll("main *")].filter((e) => e.checkVisibility() && !e.closest(".scroll, .unseen") && e.getBoundingClientRect().right > 360).map((e) => e.outerHTML.slice(0, 80))`,
      );
      expect(cut).toEqual([]);
      await page.context().close();
    }
  });

  test.each([
    ["a desktop, English", { ...desktop, colorScheme: "light" }],
    ["a desktop, Chinese", { ...desktop, colorScheme: "dark", locale: "zh-CN" }],
    ["a phone, English", { ...phone, colorScheme: "dark" }],
    ["a phone, Chinese", { ...phone, colorScheme: "light", locale: "zh-CN" }],
  ] as const)("on %s no state of the page breaks a rule of accessibility", async (name, device) => {
    const [{ id: task }] = await query("select id from sync_task where job_type = 'DAILY_HISTORY' limit 1");
    const failures = async () => await query("select id from sync_failure_record limit 1");
    await until(async () => (await failures()).length > 0);
    const [{ id: failure }] = await failures();
    const page = await openPage(browser, url, { ...device, reducedMotion: "reduce" });
    const { yes, sql } = wordsFor(device.locale);
    const open = async (address: string) => {
      await page.keyboard.press("Escape"); // what was open before
      await page.evaluate(`{
        document.getElementById("names-content").replaceChildren();
        const link = Object.assign(document.createElement("a"), { href: ${JSON.stringify(address)} });
        link.dataset.names = "";
        document.body.append(link);
        link.click();
        link.remove();
      }`);
      await page.locator("#names-content > *").first().waitFor();
    };
    const states: Record<string, { part: string; reach(): Promise<unknown> }> = {
      overview: { part: "html", reach: () => page.locator("#chart svg.ts-chart").waitFor() },
      "price table": { part: "#chart", reach: () => page.locator("#chart summary").click() },
      "set-up box": { part: "#setup", reach: () => page.locator("#setup summary").click() },
      "rows of a statement": {
        part: "#sql",
        reach: async () => {
          await page.locator("#sql-example").selectOption({ index: 4 });
          await page.locator("#sql-form").getByRole("button", { name: sql.run, exact: true }).click();
          await page.locator("#sql-result td").first().waitFor();
        },
      },
      "question to save": {
        part: "#question-ask",
        reach: () => page.locator("#question-keep").click(),
      },
      "names of a day": { part: "#names", reach: () => open("/names?dataset=stock_daily&day=20261120") },
      "a task's units": { part: "#names", reach: () => open(`/units?task=${task}`) },
      "a failure": { part: "#names", reach: () => open(`/failure?id=${failure}`) },
      question: {
        part: "#question",
        reach: async () => {
          await page.keyboard.press("Escape");
          await page.locator("#start-form [name=from]").fill("2026-05-25");
          await page.locator("#start-form button").click();
          await page.getByRole("dialog").getByRole("button", { name: yes, exact: true }).waitFor();
        },
      },
    };
    const [rules, violations] = [new Set<string>(), [] as string[]];
    for (const [state, { part, reach }] of Object.entries(states)) {
      await reach();
      const found = await runAxe(page, part);
      for (const rule of found.rules) rules.add(rule);
      violations.push(...found.violations.map((each) => `${state}: ${each}`));
    }
    violations.push(...(await faintLabels(page)));
    console.info(
      `axe on ${name}: ${violations.length} violations of ${rules.size} rules in ${Object.keys(states).length} states`,
    );
    expect(violations).toEqual([]);
    await page.context().close();
  });

  test("every part of a date field shows the focus, its calendar button too", async () => {
    const page = await openPage(browser, url, desktop);
    await page.locator("#start-form [name=from]").focus();
    const ring =
      "[document.activeElement.name, getComputedStyle(document.activeElement).outlineStyle].join(' ')";
    const rings: string[] = [];
    for (let parts = 0; parts < 4; parts += 1) {
      rings.push(await page.evaluate<string>(ring));
      await page.keyboard.press("Tab");
    }
    expect(rings).toEqual(Array(4).fill("from solid")); // month, day, year, calendar
    await page.context().close();
  });

  test("the README shows a picture of the page", async () => {
    const page = await openPage(browser, url, desktop);
    await page.locator("#chart svg.candles path.body").first().waitFor();
    await page.locator("#fragment-coverage svg").first().waitFor();
    await page.getByLabel("Questions").selectOption({ index: 4 }); // the ten largest companies
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText(/^10 rows, in/).waitFor();
    await page.evaluate("scrollTo(0, 0)"); // the note of the origin stays above what is seen
    const picture = join(import.meta.dirname, "..", "docs", "page.png");
    if (process.env.WRITE_PICTURES) await page.screenshot({ path: picture, fullPage: true });
    expect(existsSync(picture)).toBe(true);
    for (const readme of ["README.md", "README.zh.md"]) {
      expect(readFileSync(join(import.meta.dirname, "..", readme), "utf8")).toContain("(docs/page.png)");
    }
    await page.context().close();
  });

  test("it is light or dark by the browser's setting, and Chinese for a Chinese browser", async () => {
    const pictures = [];
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await openPage(browser, url, { ...desktop, colorScheme, locale: "zh-CN" });
      await page.getByRole("heading", { name: "任务" }).waitFor();
      await page.getByText("已完成").first().waitFor();
      expect(await page.evaluate("document.documentElement.lang")).toBe("zh-CN");
      pictures.push(await page.screenshot());
      await page.context().close();
    }
    expect(pictures[0]?.equals(pictures[1] ?? Buffer.alloc(0))).toBe(false);
  });
});

test("a statement that takes too long is stopped, one with too wide rows is cut, and both say so in the reader's language", async () => {
  const address = /psql (postgres:\/\/\S+)/.exec(run.output())?.[1] ?? "";
  const endless = { sql: "select count(*) from generate_series(1, 10000000000)" };
  expect(await askSql(address, endless, wordsFor("en"), 1)).toEqual({
    refusal: "The statement took longer than 1 s and was stopped: ask for fewer rows or days.",
  });
  const wide = await askSql(
    address,
    { sql: "select repeat('x', 2100000) from generate_series(1, 200)" },
    wordsFor("en"),
  );
  expect(wide).toMatchObject({ text: expect.stringMatching(/^The first 10 rows/) });
  expect(await askSql(address, { sql: "show timezone" }, wordsFor("en"))).toMatchObject({
    html: expect.stringContaining("TimeZone"),
  });
  expect(await askSql(address, { sql: " " }, wordsFor("zh"))).toEqual({ refusal: "语句为空。" });
});

test("only requests from this machine to a local name are answered, and commands only from the page itself", async () => {
  const { port, host } = new URL(url);
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4");
  if (outside !== undefined) expect(await reaches(outside.address, Number(port))).toBe(false);
  expect(await reaches("127.0.0.1", Number(port))).toBe(true);

  const asked = (headers: Record<string, string>, method = "GET", path = "/") =>
    answerOf({ port, method, path, headers }, '{"check":"freshness"}');
  expect(await asked({ host })).toMatchObject({ status: 200 });
  expect(await asked({ host: `localhost:${port}` })).toMatchObject({ status: 200 });
  expect(await asked({ host: `rebound.example:${port}` })).toEqual({
    status: 403,
    body: `Host is 'rebound.example:${port}', expected localhost or 127.0.0.1\n`,
  });
  expect(await asked({ host, origin: "http://elsewhere.example" })).toMatchObject({ status: 403 });
  expect(await asked({ host, "sec-fetch-site": "cross-site" }, "GET", "/events")).toMatchObject({
    status: 403,
  });

  const own = { host, origin: `http://${host}`, "x-tushare-sync": "page" };
  expect(await asked(own, "POST", "/command")).toMatchObject({ status: 200 });
  expect(await asked(own, "POST", "/sql")).toMatchObject({ status: 200 });
  expect(await asked(own, "POST", "/questions")).toMatchObject({ status: 200 });
  for (const missing of ["origin", "x-tushare-sync"] as const) {
    const { [missing]: _, ...others } = own;
    expect(await asked(others, "POST", "/command")).toMatchObject({ status: 403 });
    expect(await asked(others, "POST", "/sql")).toMatchObject({ status: 403 });
    expect(await asked(others, "POST", "/questions")).toMatchObject({ status: 403 });
  }
  expect(await asked({ ...own, origin: "http://elsewhere.example" }, "POST", "/sql")).toMatchObject({
    status: 403,
  });
  expect(await asked({ ...own, origin: "null" }, "POST", "/command")).toMatchObject({ status: 403 });
});

function answerOf(
  options: { port: string; method: string; path: string; headers: Record<string, string> },
  body: string,
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const asking = request({ hostname: "127.0.0.1", ...options }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on("end", () => resolve({ status: response.statusCode, body: text }));
    });
    asking.on("error", reject);
    asking.end(options.method === "POST" ? body : undefined);
  });
}

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    socket.on("connect", () => resolve(socket.destroy() && true));
    socket.on("error", () => resolve(false));
  });
}

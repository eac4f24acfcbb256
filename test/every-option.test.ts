// Every option of every command has an effect or is refused: a job's option changes its plan, and the command line
// refuses with a sentence.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { messagesFor } from "../cli/messages/choose.ts";
import { makeParser } from "../cli/parser.ts";
import { readOptions } from "../local/options.ts";
import { type Dataset, datasets, listOf } from "../shared/catalogue/datasets.ts";
import { jobs, jobTypes, optionsOf, type RunOption, runOptions } from "../shared/catalogue/jobs.ts";
import { parseCommand } from "../shared/commands/command.ts";
import { ask } from "./support/ask-api.ts";
import { tradedEtfCodes } from "./support/small-funds.ts";
import { makeWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

const pairs = jobTypes.flatMap((job) => runOptions.map((option) => ({ job, option })));
const taken = pairs.filter(({ job, option }) => optionsOf(job).includes(option));
const refused = pairs.filter(({ job, option }) => !optionsOf(job).includes(option));

function sampleOf(job: (typeof jobTypes)[number], option: RunOption): unknown {
  const isEtf = jobs[job].datasets.some((name) => listOf(datasets[name])?.securities?.one === "etf");
  const values: Record<RunOption, unknown> = {
    from: job.startsWith("FINANCE") ? "20230101" : "20240110",
    to: job.startsWith("FINANCE") ? "20230630" : "20240105",
    days: 3,
    codes: isEtf ? tradedEtfCodes.slice(0, 1) : ["600519.SH"],
    refresh: true,
    acceptChanges: true,
    byPeriod: true,
  };
  return values[option];
}

// How an answer is stored is not planned; revisions.test.ts has what this option does.
const planning = taken.filter(({ option }) => option !== "acceptChanges");
const planned = async (job: (typeof jobTypes)[number], more: object) => {
  const { plan } = await world.dispatch({ plan: { job, ...more } });
  return JSON.stringify([plan?.range, plan?.units, plan?.first, plan?.last]);
};

async function storeLists(): Promise<void> {
  await world.reset();
  for (const job of ["REFERENCE", "ETF_LIST"]) {
    await world.dispatch({ job });
    await world.runToEnd();
  }
}

describe("when only the lists are stored", () => {
  beforeAll(storeLists);
  const withoutOptions = new Map<string, Promise<string>>();

  test.each(planning.filter(({ option }) => option !== "refresh"))(
    "$option of $job is obeyed: it changes the plan",
    async ({ job, option }) => {
      const without = withoutOptions.get(job) ?? planned(job, {});
      withoutOptions.set(job, without);
      expect(await planned(job, { [option]: sampleOf(job, option) })).not.toBe(await without);
    },
  );
});

/** The jobs of the core set, and one job of each other kind of dataset. */
function oneOfEachKind(): typeof planning {
  const kindOf = ({ job }: (typeof planning)[number]) => {
    const [name] = jobs[job].datasets;
    if (name === undefined) return job;
    const { set, slices, expects, members }: Dataset = datasets[name];
    return set === "core" ? job : [jobs[job].mode, slices, expects, members && Object.keys(members)].join();
  };
  const kinds = Map.groupBy(
    planning.filter(({ option }) => option === "refresh"),
    kindOf,
  );
  return [...kinds.values()].flatMap(([first]) => first ?? []);
}

describe("when the job has run", () => {
  beforeEach(storeLists);

  test.each(oneOfEachKind())("$option of $job is obeyed: it changes the plan", async ({ job }) => {
    await world.dispatch({ job });
    await world.runToEnd();
    expect(await planned(job, { refresh: true })).not.toBe(await planned(job, {}));
  });
});

describe("when nothing has been started", () => {
  beforeAll(() => world.reset());

  test.each(refused)(
    "$option of $job is refused by every interface, with the options the job takes",
    async ({ job, option }) => {
      const command = { job, [option]: sampleOf(job, option) };
      const names = [option, job, ...optionsOf(job)];
      const sentences = [
        messageOf(() => parseCommand(command)),
        messageOf(() => parseCommand({ plan: command })),
      ];
      const services = {
        ...world.services,
        dispatcher: { start: () => Promise.reject(new Error("started")) },
      };
      const answer = await ask(services, `POST /api/jobs/${job}/run`, {
        body: { [option]: sampleOf(job, option) },
      });
      expect([answer.status, answer.body.field]).toEqual([400, option]);
      sentences.push(answer.body.message);
      for (const sentence of sentences) for (const name of names) expect(sentence).toContain(name);
      expect(await world.tasks()).toEqual([]);
    },
  );
});

const startOptions = ["from", "to", "codes", "refresh"] as const;
test.each(refused.filter(({ option }) => startOptions.some((name) => name === option)))(
  "npm start refuses --$option of $job",
  ({ job, option }) => {
    const value = option === "refresh" ? [] : [String(sampleOf(job, option))];
    const line = ["--job", job, `--${option}`, ...value];
    expect(() => readOptions(line)).toThrow(`--${option} is not an option of ${job}, which takes --`);
  },
);

test.each(refused)(
  "tushare-sync run and plan refuse $option of $job with exit code 2",
  async ({ job, option }) => {
    const flag =
      option === "byPeriod" || option === "acceptChanges"
        ? [option === "byPeriod" ? "--by-period" : "--accept-changes"]
        : [`--${option}`, ...(option === "refresh" ? [] : [String(sampleOf(job, option))])];
    for (const verb of ["run", "plan"]) {
      await expect(readLine(verb, job, ...flag)).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringContaining(`is not an option of ${job}`),
      });
    }
  },
);

describe("an option of the command line that would change nothing is refused", () => {
  test.each([
    [["status", "--region", "eu-west-1"], "--region goes only with --stack"],
    [["run", "REFERENCE", "--stack", "S", "--data-dir", "d"], "--data-dir does not go with --stack"],
    [["destroy", "--data-dir", "d"], "--data-dir does not go with deploy and destroy"],
    [["status", "DAILY_HISTORY", "--limit", "5"], "--limit does not go with a task"],
    [["retry", "7", "--job", "REFERENCE"], "--job goes only with all"],
    [["query", "select 1", "--json", "--format", "csv"], "--json does not go with another --format"],
    [["export", "stock_info", "--json"], "--json goes only with --out"],
    [["export", "stock_info", "--numbers=exact"], "--numbers goes only with --format parquet"],
  ])("%j", async (line, sentence) => {
    await expect(readOnly(...line)).rejects.toThrow(sentence);
  });

  test.each([
    [["status", "--stack", "S", "--region", "eu-west-1"]],
    [["deploy", "--region", "eu-west-1"]],
    [["deploy", "--stack", "TushareSync"]],
    [["doctor", "--stack", "S", "--data-dir", "d"]],
    [["status", "--limit", "5"]],
    [["retry", "all", "--job", "REFERENCE"]],
    [["query", "select 1", "--json"]],
    [["query", "select 1", "--json", "--format", "json"]],
    [["export", "stock_info", "--json", "--out", "a.csv"]],
    [["export", "stock_daily", "--numbers", "exact", "--out", "a.parquet"]],
  ])("and %j is not", async (line) => {
    expect(await readOnly(...line)).toBe(0);
  });
});

test("every job takes at least one option, and only options of a run", () => {
  for (const job of jobTypes) expect(runOptions).toEqual(expect.arrayContaining([...jobs[job].takes]));
});

const t = messagesFor({ LC_ALL: "C" });

/** Parses a command line without running it. */
const readOnly = (...line: string[]) => makeParser(t, async () => 0)(line);

/** Parses a command line and runs it where no stack can be reached. */
const readLine = (...line: string[]) =>
  makeParser(t, async (command, _, values) => {
    const target = () => Promise.reject(new Error("no stack is asked"));
    return await command.run({ t, target } as never, values as never);
  })(line);

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("was accepted");
}

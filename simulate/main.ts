// The command line of the simulation: `npm run simulate -- --seeds N`. Exit code 1 when a promise is broken, 2 for a wrong
// option.
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { makeTerminal } from "../local/terminal.ts";
import { runControls } from "./controls.ts";
import { planFrom } from "./plan.ts";
import { only, openSimulator, report, shorten } from "./simulator.ts";

const usage = `npm run simulate -- [--seeds N] [--seed N [--only 0,3,5]] [--json]
  --seeds N   runs N plans: from --seed on, or from a random one; 100 by default
  --seed N    runs the plan of this seed and shows its history; with --seeds, the first of them
  --only LIST keeps only these troubles of the plan, as a failing run names them; none keeps none
  --json      the last line is {"seeds", "violations", "faults", "seconds"}
  --controls  shows that broken code is noticed: runs each mutation of the code until a promise is broken, for at most
              --seeds plans (200 by default); the JSON is {"controls", "noticed", "missed", "seconds"}`;

const seedMax = 2 ** 31 - 1;

type Options = {
  readonly first: number;
  readonly seeds: number;
  readonly only: readonly number[] | undefined;
  readonly json: boolean;
  readonly controls: boolean;
  /** Whether a person asked for one run, to read it. */
  readonly shows: boolean;
};

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ seeds: { type: "string" }, seed: { type: "string" }, only: { type: "string" } },
      ...{ json: { type: "boolean" }, controls: { type: "boolean" }, help: { type: "boolean" } },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const controls = values.controls === true;
  const one = values.seed !== undefined && values.seeds === undefined && !controls;
  if (values.only !== undefined && !one)
    throw new RangeError("--only is for one plan: give it with --seed and without --seeds");
  return {
    first: values.seed === undefined ? randomInt(1_000_000_000) : whole("--seed", values.seed, 0, seedMax),
    seeds:
      values.seeds === undefined
        ? one
          ? 1
          : controls
            ? 200
            : 100
        : whole("--seeds", values.seeds, 1, 1_000_000),
    only:
      values.only === "none" ? [] : values.only?.split(",").map((text) => whole("--only", text, 0, 1_000)),
    json: values.json === true,
    controls,
    shows: one,
  };
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new RangeError(`${option} is '${text}', expected a whole number from ${least} to ${most}`);
}

async function simulate(options: Options): Promise<void> {
  const startedAt = performance.now();
  const simulator = await openSimulator();
  const faults: Record<string, number> = {};
  let violations = 0;
  // A terminal shows how far it is; a pipe gets a line for each hundred.
  const bar =
    process.stderr.isTTY && !options.json ? makeTerminal(process.stderr).progress("seeds") : undefined;
  for (let at = 0; at < options.seeds; at += 1) {
    const rate = at / Math.max(0.001, (performance.now() - startedAt) / 1_000);
    bar?.update({
      done: at,
      total: options.seeds,
      note: `${violations} violations, ${rate.toFixed(1)} a second`,
    });
    const whole = planFrom(options.first + at);
    const numbers = options.only ?? whole.troubles.map((_, number) => number);
    const outcome = await simulator.run(only(whole, numbers));
    for (const [what, count] of Object.entries(outcome.faults)) faults[what] = (faults[what] ?? 0) + count;
    const [violation] = outcome.violations;
    if (violation === undefined) {
      if (options.shows && !options.json)
        for (const line of report(whole, numbers, outcome)) console.log(line);
      else if ((at + 1) % 100 === 0 && !options.json && bar === undefined)
        console.log(`${at + 1} seeds, ${violations} violations`);
      continue;
    }
    violations += 1;
    const left = options.only ?? (await shorten(simulator, whole, violation.promise));
    const short = await simulator.run(only(whole, left));
    for (const line of report(whole, left, short)) console.log(line);
  }
  await simulator.close();
  bar?.finish(`${options.seeds}`);
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const sorted = Object.fromEntries(Object.entries(faults).sort(([a], [b]) => (a < b ? -1 : 1)));
  const summary = { seeds: options.seeds, violations, faults: sorted, seconds };
  if (options.json) console.log(JSON.stringify(summary));
  else {
    const struck = Object.values(faults).reduce((sum, count) => sum + count, 0);
    console.log(
      `${summary.seeds} seeds from ${options.first}, ${violations} violations, ${struck} faults of ${Object.keys(faults).length} kinds, ` +
        `${seconds} s (${(summary.seeds / seconds).toFixed(1)} seeds a second)`,
    );
  }
  process.exitCode = violations === 0 ? 0 : 1;
}

async function control({ first, seeds, json }: Options): Promise<void> {
  const startedAt = performance.now();
  const controls = await runControls(first, seeds, ({ name, noticed }) => {
    if (noticed === undefined) console.log(`NOT NOTICED: ${name}`);
    else console.log(`noticed after ${noticed.seed - first + 1} seeds: ${name}. Broken: ${noticed.promise}`);
  });
  const missed = controls.flatMap(({ name, noticed }) => (noticed === undefined ? [name] : []));
  const noticed = controls.length - missed.length;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  if (json) console.log(JSON.stringify({ controls: controls.length, noticed, missed, seconds }));
  else console.log(`${noticed} of ${controls.length} mutations were noticed, ${seconds} s`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}

try {
  const options = readOptions(process.argv.slice(2));
  await (options.controls ? control(options) : simulate(options));
} catch (error) {
  const isOurs =
    error instanceof RangeError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  if (!isOurs) throw error;
  console.error(`${(error as Error).message}\n${usage}`);
  process.exitCode = 2;
}

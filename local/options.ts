// The command line of `npm start`: what it takes, and one clear sentence for what it does not.
import { parseArgs } from "node:util";
import { type JobType, jobs, jobTypes } from "../shared/jobs.ts";
import { type Fault, faultKinds, readPlan } from "./tushare/faults.ts";

export type Options = {
  readonly job: JobType;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly codes: readonly string[] | undefined;
  readonly refresh: boolean;
  readonly once: boolean;
  readonly json: boolean;
  readonly captured: string | undefined;
  readonly dataDir: string;
  readonly stocks: number;
  /** Trouble the simulated upstream makes. */
  readonly faults: readonly Fault[];
  readonly help: boolean;
};

export const usage = `Usage: npm start -- [options]

  --job JOB        ${jobTypes.join(", ")} (default DAILY_HISTORY)
  --from DAY       first day, YYYYMMDD or YYYY-MM-DD (default: the last 30 open days; finance: the settings' first period)
  --to DAY         last day (default: the newest that is due)
  --codes LIST     only these stocks or ETFs, such as 600519.SH,000001.SZ
  --refresh        fetch also what is stored
  --once           stop when the job has ended; exit code 0 only when its task is COMPLETED
  --json           print one JSON object as the last line
  --captured DIR   the upstream serves captured answers from DIR
  --data-dir DIR   where the database lives (default .local)
  --faults FAULTS  trouble the simulated upstream makes: mild, storm, or a list of faults (below)
  --stocks N       size of the simulated market (default 5400)
  --help           this text

Faults: KIND[:PART...],... such as latency:2000:daily,http-5xx:10%,partial-day:20240105:x2, or their JSON.
A PART is a trade date, an interface, a count (x2), a chance (10%) or a number: milliseconds of latency, calls of
tighter-limit and day-quota, share of the rows of partial-day, else a chance from 0 to 1. At run time a POST to
/control/faults of the simulated upstream replaces them. The kinds:
  ${faultKinds.join(" ").replace(/(.{80,100}) /g, "$1\n  ")}

Environment: TUSHARE_TOKEN uses the real TuShare; DATABASE_URL uses your PostgreSQL server;
SYNC_* and TUSHARE_MIN_INTERVAL are the settings of README.md.`;

/** An option that cannot be taken, as one sentence. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

/** @throws OptionError */
export function readOptions(argv: readonly string[]): Options {
  const values = parse(argv);
  const job = values.job ?? "DAILY_HISTORY";
  if (!isJobType(job)) throw new OptionError(`--job is '${job}', expected one of ${jobTypes.join(", ")}`);
  const from = readDay("--from", values.from);
  const to = readDay("--to", values.to);
  if (from !== undefined && to !== undefined && from > to) {
    throw new OptionError(`--from is ${values.from}, which is after --to, ${values.to}`);
  }
  if (jobs[job].mode !== "history" && (from ?? to ?? values.codes) !== undefined) {
    const histories = jobTypes.filter((name) => jobs[name].mode === "history");
    throw new OptionError(
      `--from, --to and --codes go with the jobs ${histories.join(", ")}, and --job is ${job}`,
    );
  }
  const dataDir = values["data-dir"] ?? ".local";
  if (dataDir === "") throw new OptionError("--data-dir is empty, expected a folder such as .local");
  return {
    job,
    from,
    to,
    codes: readCodes(values.codes),
    refresh: values.refresh ?? false,
    once: values.once ?? false,
    json: values.json ?? false,
    captured: values.captured,
    dataDir,
    stocks: readStocks(values.stocks),
    faults: readFaults(values.faults),
    help: values.help ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        job: { type: "string" },
        from: { type: "string" },
        to: { type: "string" },
        codes: { type: "string" },
        refresh: { type: "boolean" },
        once: { type: "boolean" },
        json: { type: "boolean" },
        captured: { type: "string" },
        "data-dir": { type: "string" },
        stocks: { type: "string" },
        faults: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new OptionError(`${sentence}; npm start -- --help lists the options`);
  }
}

function isJobType(text: string): text is JobType {
  return (jobTypes as readonly string[]).includes(text);
}

function readDay(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const iso = /^\d{8}$/.test(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : text;
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? Date.parse(`${iso}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(instant) || !new Date(instant).toISOString().startsWith(iso)) {
    throw new OptionError(`${option} is '${text}', expected a day such as 20240131 or 2024-01-31`);
  }
  return iso.replaceAll("-", "");
}

function readCodes(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const codes = text.split(",").map((code) => code.trim().toUpperCase());
  const bad = codes.find((code) => !/^[0-9A-Z]{1,12}\.[A-Z]{2,4}$/.test(code));
  if (bad !== undefined) {
    throw new OptionError(`--codes holds '${bad}', expected TuShare codes such as 600519.SH,000001.SZ`);
  }
  return codes;
}

function readStocks(text: string | undefined): number {
  const stocks = Number(text ?? 5_400);
  if (!Number.isInteger(stocks) || stocks < 10 || stocks > 10_000) {
    throw new OptionError(`--stocks is '${text}', expected a whole number from 10 to 10000`);
  }
  return stocks;
}

function readFaults(text: string | undefined): readonly Fault[] {
  try {
    return readPlan(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new OptionError(`--faults: ${error.message}`);
  }
}

// The command line of `npm start`: its options, and an error of one sentence for invalid ones.
import { parseArgs } from "node:util";
import { isOfSecurities, type JobType, jobTypes, notTaken, optionsOf } from "../shared/catalogue/jobs.ts";
import { readAnyCode, readCode, splitCodes, suggestCode } from "../shared/words/codes.ts";
import type { Language } from "../shared/words/language.ts";
import { nearest } from "../shared/words/nearest.ts";
import { optionDoor, sayRefusal } from "../shared/words/refusal.ts";
import { say } from "../shared/words/say-here.ts";
import { type Fault, faultKinds, readPlan } from "./tushare/faults.ts";

export type Options = {
  readonly job: JobType;
  /** Otherwise it is the usual one, where the account can fetch prices. */
  readonly isJobNamed: boolean;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly codes: readonly string[] | undefined;
  /** The choice of datasets; undefined for that of SYNC_DATASETS. */
  readonly datasets: string | undefined;
  readonly refresh: boolean;
  readonly once: boolean;
  readonly json: boolean;
  readonly captured: string | undefined;
  /** Undefined: the default folder of the origin. */
  readonly dataDir: string | undefined;
  /** Undefined: the default size of the market. */
  readonly stocks: number | undefined;
  readonly discard: boolean;
  readonly adopt: boolean;
  /** The address that the embedded database listens on; undefined for this machine only. */
  readonly databaseHost: string | undefined;
  /** Faults of the simulated upstream. */
  readonly faults: readonly Fault[];
  readonly help: boolean;
};

const optionTypes = {
  job: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  codes: { type: "string" },
  datasets: { type: "string" },
  refresh: { type: "boolean" },
  once: { type: "boolean" },
  json: { type: "boolean" },
  captured: { type: "string" },
  "data-dir": { type: "string" },
  discard: { type: "boolean" },
  adopt: { type: "boolean" },
  "database-host": { type: "string" },
  stocks: { type: "string" },
  faults: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

export const usage = `Usage: npm start -- [options]

  --job JOB        ${listOfJobs(", ", " (default DAILY_HISTORY)")}
  --from DAY       first day, YYYYMMDD or YYYY-MM-DD (default: the last 30 trading days; reports: the settings' first
                   period; increments: what is new)
  --to DAY         last day (default: the newest that is due)
  --codes LIST     only these codes, such as 600519.SH,000001.SZ
  --datasets LIST  what the schedules keep up to date: sets and datasets, such as core,index or all (default core)
  --refresh        fetch also what is stored
  --once           stop when the job has ended; exit code 0 only when its task is COMPLETED, 4 when it is blocked by
                   a paused task of the job with another request
  --json           print one JSON object as the last line
  --captured DIR   the upstream serves captured answers from DIR
  --data-dir DIR   where the database lives (default: a folder in .local for each upstream, such as .local/tushare)
  --discard        delete the contents of the data folder and start from scratch
  --adopt          keep rows of an older version without a recorded origin, as real TuShare's (with TUSHARE_TOKEN)
  --database-host ADDRESS
                   let other machines reach the database at this address of yours, or 0.0.0.0 for all of them: it then
                   asks for DATABASE_PASSWORD (default: only this machine, without a password)
  --faults FAULTS  faults of the simulated upstream: mild, storm, or a list of faults (below)
  --stocks N       size of the simulated market (default 5400)
  --help           this text

Faults: KIND[:PART...],... such as latency:2000:daily,http-5xx:10%,partial-day:20240105:x2, or their JSON.
A PART is a trade date, an interface, a count (x2), a chance (10%) or a number: milliseconds of latency, calls of
tighter-limit and day-quota, share of the rows of partial-day, else a chance from 0 to 1. partial-day:600519.SH lacks
that code only. At run time a POST to /control/faults of the simulated upstream replaces them. The kinds:
  ${faultKinds.join(" ").replace(/(.{80,100}) /g, "$1\n  ")}

Exit codes: 0 done; 1 the job or the start failed; 2 wrong usage; 4 blocked by a paused task with another request;
5 a disk is full; 130 stopped.

Environment: TUSHARE_TOKEN uses the real TuShare, and TUSHARE_URL another address for it; DATABASE_URL uses your
PostgreSQL server; DATABASE_PASSWORD is the password of --database-host; SYNC_* and TUSHARE_MIN_INTERVAL are the settings of docs/operator.md.`;

const usageInChinese = `用法：npm start -- [选项]

  --job 作业        ${listOfJobs("、", "（默认 DAILY_HISTORY）")}
  --from 日期       起始日，YYYYMMDD 或 YYYY-MM-DD（默认：最近 30 个交易日；财务：设置中的首个报告期；
                   增量：新数据）
  --to 日期         截止日（默认：已到期的最新一日）
  --codes 代码      只取这些代码，例如 600519.SH,000001.SZ
  --datasets 列表   定时更新的数据集或分组，如 core,index 或 all（默认 core）
  --refresh        已入库的也重新获取
  --once           作业结束后即停止；只有任务为 COMPLETED 时退出码才为 0；
                   同一作业有另一个参数不同的任务处于暂停时，退出码为 4
  --json           最后一行输出一个 JSON 对象
  --captured 目录   上游改为提供该目录中保存的 TuShare 返回结果
  --data-dir 目录   数据库所在目录（默认按数据来源放在 .local 下各自的目录，如 .local/tushare）
  --discard        丢弃数据目录中已有的内容，从头开始
  --adopt          旧版本未记录来源的数据确为 TuShare 真实数据，予以保留（须设置 TUSHARE_TOKEN）
  --database-host 地址
                   允许其他机器经本机的这个地址（0.0.0.0 为全部地址）访问数据库，此时须凭 DATABASE_PASSWORD
                   登录（默认：仅限本机，不用密码）
  --faults 故障     模拟上游制造的故障：mild、storm，或故障列表（见下）
  --stocks 数量     模拟市场的股票数（默认 5400）
  --help           显示本帮助

故障：类别[:参数...],... 例如 latency:2000:daily,http-5xx:10%,partial-day:20240105:x2，也可用 JSON。
参数为交易日、接口、次数（x2）、概率（10%）或数值：latency 为毫秒数，tighter-limit 和 day-quota 为调用次数，
partial-day 为行的占比（或一个代码，只缺它的行），其余为 0 到 1 的概率。运行中可向模拟上游的 /control/faults 发 POST 替换。类别有：
  ${faultKinds.join(" ").replace(/(.{80,100}) /g, "$1\n  ")}

退出码：0 完成；1 作业或启动失败；2 用法错误；4 同一作业有另一个参数不同的任务处于暂停；5 磁盘已满；130 被停止。

环境变量：TUSHARE_TOKEN 使用真实的 TuShare，TUSHARE_URL 换用其他地址；DATABASE_URL 使用自己的 PostgreSQL；
DATABASE_PASSWORD 是 --database-host 的密码；SYNC_* 和 TUSHARE_MIN_INTERVAL 是 docs/operator.zh.md 中的设置。`;

/** Wraps the list into lines that fit a terminal, indented under the first. */
function listOfJobs(joint: string, end: string): string {
  const lines = [""];
  for (const [at, job] of jobTypes.entries()) {
    const text = job + (at === jobTypes.length - 1 ? end : joint);
    const line = `${lines.at(-1)}${text}`;
    if (line.length > 100) lines.push(text);
    else lines[lines.length - 1] = line;
  }
  return lines.map((line) => line.trimEnd()).join(`\n${" ".repeat(19)}`);
}

export function usageIn(language: Language): string {
  return language === "zh" ? usageInChinese : usage;
}

/** An invalid option, as one sentence. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

/** @throws OptionError */
export function readOptions(argv: readonly string[]): Options {
  const values = parse(argv);
  const job = readJob(values.job ?? "DAILY_HISTORY");
  const from = readDay("--from", values.from);
  const to = readDay("--to", values.to);
  if (from !== undefined && to !== undefined && from > to) {
    const fields = [
      { field: "from", value: values.from ?? "" },
      { field: "to", value: values.to ?? "" },
    ] as const;
    throw new OptionError(sayRefusal({ why: "order", fields }, optionDoor));
  }
  const [option] = notTaken(job, values);
  if (option !== undefined) {
    const taken = optionsOf(job).filter((name) => Object.hasOwn(optionTypes, name));
    const refusal = {
      why: "not taken",
      field: option,
      value: values[option as keyof typeof values],
      job,
      taken,
    } as const;
    throw new OptionError(sayRefusal(refusal, optionDoor));
  }
  const dataDir = values["data-dir"];
  if (dataDir === "") throw refused("data-dir", dataDir, say("allowedFolder", { example: ".local" }));
  return {
    job,
    isJobNamed: values.job !== undefined,
    from,
    to,
    codes: readCodes(values.codes, isOfSecurities(job) ? readCode : readAnyCode),
    datasets: values.datasets,
    refresh: values.refresh ?? false,
    once: values.once ?? false,
    json: values.json ?? false,
    captured: values.captured,
    dataDir,
    stocks: readStocks(values.stocks),
    discard: values.discard ?? false,
    adopt: values.adopt ?? false,
    databaseHost: values["database-host"],
    faults: readFaults(values.faults),
    help: values.help ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    const { values, tokens } = parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      tokens: true,
      options: optionTypes,
    });
    const given = tokens.flatMap((token) => (token.kind === "option" ? [token.name] : []));
    const twice = given.find((name, at) => given.indexOf(name) !== at && optionTypes[name].type === "string");
    if (twice !== undefined) throw new OptionError(say("optionTwice", { option: `--${twice}` }));
    return values;
  } catch (error) {
    if (error instanceof OptionError) throw error;
    throw explain(error);
  }
}

/** Translates errors of the parser: https://nodejs.org/api/util.html#utilparseargsconfig */
function explain(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const [, word = ""] = /'([^' ]*)/.exec(error.message) ?? [];
  const help = say("seeStartHelp");
  if (error.code === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") {
    const sentence = error.message.includes("does not take")
      ? say("optionTakesNone", { option: word })
      : say("optionNeedsValue", { option: word });
    return new OptionError(`${sentence}; ${help}`);
  }
  const suggestion = nearest(word, Object.keys(optionTypes));
  const meant = suggestion === undefined ? [] : [say("didYouMean", { suggestion: `--${suggestion}` })];
  const sentence =
    error.code === "ERR_PARSE_ARGS_UNKNOWN_OPTION"
      ? say("unknownOption", { option: word })
      : say("unexpectedWord", { word });
  return new OptionError([sentence, ...meant, help].join("; "));
}

/**
 * npm consumes options that are not preceded by `--`, and starts this program without them.
 * @throws OptionError naming the right command line
 */
export function checkNpmKeptNothing(environment: Readonly<Record<string, string | undefined>>): void {
  // npm has its own --json, which a user may set in .npmrc.
  const ours = Object.keys(optionTypes).filter((name) => name !== "json" && name !== "help");
  const kept = ours.filter((name) => environment[`npm_config_${name.replaceAll("-", "_")}`] !== undefined);
  const [first] = kept;
  if (first !== undefined) throw new OptionError(say("keptByNpm", { option: `--${first}` }));
}

function refused(field: string, value: string, allowed: string, suggestion?: string): OptionError {
  return new OptionError(
    sayRefusal({ why: "value", field, path: field, value, allowed, suggestion }, optionDoor),
  );
}

function readJob(text: string): JobType {
  const job = jobTypes.find((name) => name === text.toUpperCase());
  if (job !== undefined) return job;
  throw refused("job", text, say("allowedChoice", { choices: jobTypes.join(", ") }), nearest(text, jobTypes));
}

function readDay(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const iso = /^\d{8}$/.test(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : text;
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? Date.parse(`${iso}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(instant) || !new Date(instant).toISOString().startsWith(iso)) {
    throw refused(option.slice(2), text, "");
  }
  return iso.replaceAll("-", "");
}

function readCodes(text: string | undefined, read: typeof readCode): string[] | undefined {
  if (text === undefined) return undefined;
  const typed = splitCodes(text);
  const bad = typed.find((code) => read(code) === undefined);
  if (bad !== undefined) throw refused("codes", bad, "", suggestCode(bad));
  if (typed.length === 0) throw refused("codes", text, "");
  return typed.map((code) => read(code) ?? code);
}

function readStocks(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const stocks = Number(text);
  if (!Number.isInteger(stocks) || stocks < 10 || stocks > 10_000) {
    throw refused("stocks", text, say("allowedWhole", { least: 10, most: 10_000 }));
  }
  return stocks;
}

function readFaults(text: string | undefined): readonly Fault[] {
  try {
    return readPlan(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new OptionError(say("faultsRefused", { why: error.message }));
  }
}

// Checks variables and folders before anything starts. The template would refuse them too, but ten seconds later and
// with a deployment's messages.
import { readdirSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { choiceOf } from "../shared/catalogue/chosen-datasets.ts";
import type { InterfaceSpec } from "../shared/catalogue/dataset.ts";
import { datasets } from "../shared/catalogue/datasets.ts";
import { type JobType, jobs } from "../shared/catalogue/jobs.ts";
import { readSettings, settingTable } from "../shared/catalogue/settings.ts";
import { callsAMinuteMax, slotSeconds, slotSecondsMax, slotsMin } from "../shared/catalogue/slot.ts";
import { nearest } from "../shared/words/nearest.ts";
import { say } from "../shared/words/say-here.ts";
import { isLoopback } from "./loopback.ts";
import { OptionError } from "./options.ts";

/** Against guessing: nothing slows attempts down. */
const passwordLengthMin = 12;

/** More than a year of the whole market; an answer is one text in memory. */
const endpointRowsMax = 2_000_000;

type Variables = Readonly<Record<string, string | undefined>>;

/** @throws OptionError naming the variable, its value and what is allowed */
export function checkVariables(variables: Variables): void {
  for (const name of Object.keys(variables).filter((each) => each.startsWith("SYNC_") && variables[each])) {
    if (Object.hasOwn(settingTable, name)) continue;
    const suggestion = nearest(name, Object.keys(settingTable));
    throw new OptionError(
      suggestion === undefined
        ? say("unknownSetting", { name })
        : say("unknownSettingMeans", { name, suggestion }),
    );
  }
  readRowsMax(variables);
  checkDatasets(variables);
  const {
    WORKER_SLOTS: slots,
    TUSHARE_MIN_INTERVAL: interval,
    TUSHARE_CALLS_A_MINUTE: allowed,
  } = settingsOf(variables);
  if (slots < slotsMin) {
    const { max: most, default: example } = settingTable.WORKER_SLOTS;
    const range = say("allowedWholeExample", { least: slotsMin, most, example });
    throw new OptionError(say("valueIs", { field: "WORKER_SLOTS", value: `'${slots}'`, allowed: range }));
  }
  const held = slotSeconds(slots, interval);
  if (held > slotSecondsMax) {
    throw new OptionError(say("slotsHeldTooLong", { slots, interval, held, most: slotSecondsMax }));
  }
  const calls = callsAMinuteMax(slots, interval);
  if (calls > allowed) throw new OptionError(say("rateTooHigh", { slots, interval, calls, allowed }));
}

function checkDatasets(variables: Variables): void {
  try {
    choiceOf(settingsOf(variables));
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}

/** Rows of an answer in TuShare's protocol, where that is more than the interface's own cap. @throws OptionError */
export function readRowsMax({ ENDPOINT_ROWS_MAX: text = "0" }: Variables): number {
  if (/^\d{1,7}$/.test(text) && Number(text) <= endpointRowsMax) return Number(text);
  const allowed = say("allowedWholeExample", { least: 0, most: endpointRowsMax, example: 100_000 });
  throw new OptionError(say("valueIs", { field: "ENDPOINT_ROWS_MAX", value: `'${text}'`, allowed }));
}

/** @throws OptionError when other machines could reach the database without a good password; it is never shown */
export function checkDatabaseHost(host: string | undefined, variables: Variables): void {
  if (host === undefined) return;
  if (variables.DATABASE_URL) {
    throw new OptionError(say("goesNotWith", { option: "--database-host", other: "DATABASE_URL" }));
  }
  const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  const addresses = ["0.0.0.0", "::", ...new Set(own)];
  if (!addresses.includes(host)) {
    const allowed = say("allowedChoice", { choices: addresses.join(", ") });
    throw new OptionError(say("valueIs", { field: "--database-host", value: `'${host}'`, allowed }));
  }
  const { DATABASE_PASSWORD: password } = variables;
  if (!password) {
    if (isLoopback(host)) return;
    throw new OptionError(say("hostNeedsPassword", { host }));
  }
  if (!/^[\x21-\x7e]*$/.test(password) || password.length < passwordLengthMin) {
    throw new OptionError(say("passwordRefused", { least: passwordLengthMin }));
  }
}

/** @throws OptionError when it is not a folder of captured answers, or lacks those that the job is planned from */
export function checkCaptured(folder: string, job: JobType): void {
  const refuse = (reason: string) =>
    new OptionError(say("folderRefused", { option: "--captured", value: `'${folder}'`, reason }));
  let names: string[];
  try {
    if (!statSync(folder).isDirectory()) throw refuse(say("notAFolder"));
    names = readdirSync(folder);
  } catch (error) {
    if (error instanceof OptionError) throw error;
    throw refuse(isAbsent(error) ? say("noSuchFolder") : say("notReadable"));
  }
  if (!names.some((name) => /^\w+?__.+\.csv(\.gz)?$/.test(name))) {
    throw refuse(say("noCapturedAnswer", { example: "daily__trade_date_20250403.csv" }));
  }
  const envelopes = names.includes("envelopes") ? readdirSync(join(folder, "envelopes")) : [];
  const held = new Set([...names, ...envelopes].map((name) => name.split(/__|\.json$/)[0]));
  const lacking = listsBefore(job).filter((specs) => !specs.some(({ name }) => held.has(name)));
  if (lacking.length > 0) {
    const interfaces = lacking.map(([spec]) => spec?.name ?? "").join(", ");
    throw refuse(say("capturedWithoutLists", { interfaces, job }));
  }
}

/** The calendar and the lists without which the jobs before this one cannot end: the interfaces that each may come from. */
function listsBefore(job: JobType): InterfaceSpec[][] {
  return [job, ...jobs[job].after]
    .flatMap((each) => (jobs[each].mode === "reference" ? jobs[each].datasets : []))
    .map((name) => datasets[name])
    .filter(({ expects, securities }) => expects === "every_day" || securities !== undefined)
    .map(({ main }) => [main, ...(main.fallback === undefined ? [] : [main.fallback])]);
}

function settingsOf(variables: Variables) {
  try {
    return readSettings(variables);
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

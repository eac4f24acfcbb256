// npm run bench [-- --quick]: what the worker's path costs, beside other ways, in ratios. Some minutes; --quick is a smoke
// run of few days, whose numbers mean little. Prints Markdown tables; docs/benchmarks.md keeps one run.
import { parseArgs } from "node:util";
import { startAwsEndpoint } from "../local/aws/endpoint.ts";
import { makeSecrets } from "../local/aws/secrets.ts";
import { type EngineKind, engineKinds } from "./engines.ts";
import { bundleBytes, coldImport, functionEnvironment, makeBundles, tokenArn } from "./functions.ts";
import { type Measurement, measureIngest, type Phase, type Way } from "./ingest.ts";
import { describeMachine, median, rounded, table } from "./report.ts";
import { peakMemory, type SlotOptions } from "./slots.ts";
import { startReadyUpstream } from "./upstream.ts";

const { quick } = parseArgs({ options: { quick: { type: "boolean", default: false } } }).values;
const size = quick
  ? { days: 4, rounds: 1, rowAtATimeDays: 1, imports: 1 }
  : { days: 40, rounds: 3, rowAtATimeDays: 4, imports: 9 };
/** Least ratios, and the most memory in MB. */
const targets = { copyOneSlot: 0.75, copyFourSlots: 1.2, orm: 10, unchanged: 1, peakMegabytes: 256 };

// Ending by exit lets what was started be removed: servers, folders.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130));

const functions = await makeBundles();
const worker = functions.find(({ name }) => name === "Worker");
if (worker === undefined) throw new Error("the template has no worker");
const { bundle, memoryMegabytes } = worker;

print(
  `${describeMachine()}. Medians of ${size.rounds}.${quick ? " A quick run: its numbers mean little." : ""}`,
);
await printFunctions();
const secrets = await startAwsEndpoint([
  makeSecrets([{ arn: tokenArn, name: "token", value: "token-of-the-bench" }]),
]);
const upstream = await startReadyUpstream(size.days);
for (const kind of await engineKinds()) {
  if (kind.missing === undefined) await printEngine(kind);
  else print(kind.missing);
}
await upstream.close();
await secrets.close();

async function printFunctions(): Promise<void> {
  const nowhere = "http://127.0.0.1:9";
  const env = functionEnvironment({ dataApiUrl: nowhere, secretsUrl: nowhere, tushareUrl: nowhere });
  const rows: string[][] = [];
  for (const deployed of functions) {
    const { bytes, gzipBytes } = bundleBytes(deployed);
    const milliseconds = await coldImport(deployed, env, size.imports);
    rows.push([deployed.name, rounded(bytes / 1e3), rounded(gzipBytes / 1e3), rounded(milliseconds)]);
  }
  print(table(["function", "bundle, kB", "gzip, kB", `cold import, ms (median of ${size.imports})`], rows));
}

async function printEngine(kind: EngineKind): Promise<void> {
  const { days, url: tushareUrl } = upstream;
  const engine = await kind.open(days);
  const environment = functionEnvironment({
    dataApiUrl: engine.dataApiUrl,
    secretsUrl: secrets.url,
    tushareUrl,
  });
  const slot: SlotOptions = { entry: "slot.ts", argument: bundle, environment };
  const measurements = await measureIngest(engine, { upstream, worker: slot, ...size });
  await engine.empty();
  const peakMegabytes = (await peakMemory(await engine.plan(days), slot, memoryMegabytes)) / 1e6;
  const { rows } = await engine.counts();
  await engine.close();

  const dayRows = Math.round(rows / days.length);
  print(
    `${engine.name}: ${days.length} days of ${dayRows} rows; row at a time and ORM ${size.rowAtATimeDays} days`,
  );
  print(
    table(["way, phase", "rows/s", "slot CPU s/M rows", "Data API CPU s/M rows"], measurements.map(asRow)),
  );
  print(table(["ratio of rows/s", "measured", "target"], ratios(measurements)));
  const verdict = peakMegabytes < targets.peakMegabytes ? "met" : "missed";
  print(
    `Peak memory of one worker process, heap as Lambda sizes it for ${memoryMegabytes} MB: ` +
      `${Math.round(peakMegabytes)} MB (target: under ${targets.peakMegabytes}, ${verdict})`,
  );
}

function asRow({ way, phase, rowsPerSecond, slotCpu, dataApiCpu }: Measurement): string[] {
  const usesDataApi = way.startsWith("worker");
  const middles = [rowsPerSecond, slotCpu, dataApiCpu].map((values) => rounded(median(values)));
  return [`${way}, ${phase}`, ...middles.slice(0, 2), usesDataApi ? String(middles[2]) : ""];
}

/** Each is the median of the rounds' own ratios, so that a round on a busy machine does not bend it. */
function ratios(measurements: readonly Measurement[]): string[][] {
  type Speed = readonly [way: Way, phase?: Phase];
  const speeds = ([way, phase = "first insert"]: Speed) =>
    measurements.find((found) => found.way === way && found.phase === phase)?.rowsPerSecond ?? [];
  const row = (over: Speed, under: Speed, target?: number) => {
    const others = speeds(under);
    const value = median(speeds(over).map((speed, round) => speed / (others[round] ?? Number.NaN)));
    const verdict = target === undefined ? "" : `${target} ${value >= target ? "met" : "missed"}`;
    return [`${over.join(", ")} / ${under.join(", ")}`, value.toFixed(2), verdict];
  };
  return [
    row(["worker, 1 slot"], ["COPY, 1 slot"], targets.copyOneSlot),
    row(["worker, 4 slots"], ["COPY, 1 slot"], targets.copyFourSlots),
    row(["worker, 4 slots"], ["COPY, 4 slots"]),
    row(["worker, 1 slot"], ["ORM"], targets.orm),
    row(["worker, 1 slot"], ["row at a time"]),
    row(["worker, 1 slot", "nothing changed"], ["worker, 1 slot"], targets.unchanged),
    row(["worker, 1 slot", "full update"], ["worker, 1 slot"]),
  ];
}

function print(text: string): void {
  console.log(`${text}\n`);
}

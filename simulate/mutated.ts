// Runs seeds with one mutation of the code, in a process of its own, until it is noticed. Its last line is JSON.
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { mutations } from "./mutations.ts";
import { describe, planFrom } from "./plan.ts";

const [name = "", first = "1", seeds = "200", most = seeds] = process.argv.slice(2);
const mutation = mutations.find((each) => each.name === name);
if (mutation === undefined) throw new RangeError(`there is no mutation '${name}'`);

const { file, from, to, sql, likely } = mutation;
const mutated = pathToFileURL(join(import.meta.dirname, "..", file)).href;
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (url !== mutated) return loaded;
    const text = String(loaded.source instanceof Uint8Array ? Buffer.from(loaded.source) : loaded.source);
    if (text.split(from).length !== 2) throw new Error(`${file} does not have once: ${from}`);
    return { ...loaded, source: text.replace(from, () => to) };
  },
});

// Only now, so that the hook sees the file.
const { openSimulator } = await import("./simulator.ts");
const simulator = await openSimulator(sql);
let noticed: { seed: number; promise: string; found: string } | undefined;
const plans = Array.from({ length: Number(seeds) }, (_, at) => planFrom(Number(first) + at));
const isLikely = (plan: (typeof plans)[number]) =>
  likely?.test(plan.troubles.map(describe).join("\n")) ?? true;
for (const plan of [...plans.filter(isLikely), ...plans.filter((each) => !isLikely(each))].slice(
  0,
  Number(most),
)) {
  const [violation] = (await simulator.run(plan)).violations;
  if (violation === undefined) continue;
  noticed = { seed: plan.seed, ...violation };
  break;
}
await simulator.close();
console.log(JSON.stringify(noticed ?? null));

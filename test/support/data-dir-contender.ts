// Takes the directories its parent names, at the moment its parent says, and tells whether it got them. It never gives
// one back: the parent kills it.
import { takeDataDir } from "../../local/data-dir.ts";

export type Race = { readonly path: string; readonly atMilliseconds: number };
export type Raced = { readonly held: true } | { readonly refusal: string };

process.on("message", async ({ path, atMilliseconds }: Race) => {
  while (performance.timeOrigin + performance.now() < atMilliseconds); // all of them leave in the same millisecond
  const raced: Raced = await takeDataDir(path).then(
    () => ({ held: true }),
    (error: Error) => ({ refusal: error.message }),
  );
  process.send?.(raced);
});
process.send?.("ready");

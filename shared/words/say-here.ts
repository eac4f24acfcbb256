// say.ts for `npm start`, the command line and the deployment: it also has the sentences that only these say.
import { type Arguments, fill, singular } from "./say.ts";
import { sentences } from "./sentences.ts";
import { startSentences } from "./start-sentences.ts";

/** Every sentence of the project. */
export const allSentences = { ...sentences, ...startSentences } as const;

/** The sentence in English. */
export function say<Name extends keyof typeof allSentences>(
  name: Name,
  ...[values]: Arguments<(typeof allSentences)[Name]>
): string {
  return singular(fill(allSentences[name], values ?? {}));
}

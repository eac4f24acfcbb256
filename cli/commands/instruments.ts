// `instruments`: the stocks and ETFs of the lists, as they are now or as they were on a day.
import { pages } from "../../client/client.ts";
import { exchanges } from "../../shared/catalogue/dataset.ts";
import { type Instrument, listStatuses } from "../../shared/reads/instruments.ts";
import { type Api, openApi } from "../api.ts";
import { command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import type { Messages } from "../messages/en.ts";
import { asTable } from "../output.ts";

/** The API's largest page. */
const pageRows = 1_000;

export const instrumentsCommand = (t: Messages) =>
  command({
    usage: "instruments",
    about: t.instruments.about,
    options: {
      on: { type: "string", kind: "day", describe: t.instruments.onOption },
      kind: { type: "string", choices: ["stock", "etf"] as const, describe: t.instruments.kindOption },
      exchange: { type: "string", choices: Object.values(exchanges), describe: t.instruments.exchangeOption },
      status: { type: "string", choices: listStatuses, describe: t.instruments.statusOption },
      search: { alias: "q", type: "string", describe: t.instruments.searchOption },
    },
    examples: [
      ["instruments --on 20240102 --kind stock", t.instruments.exampleOn],
      ["instruments --search 茅台", t.instruments.exampleSearch],
    ],
    async run(session, { on, kind, exchange, status, search }) {
      const { output } = session;
      const api = await openApi(await session.target(), t);
      const is_etf = kind && (kind === "etf" ? "Y" : "N");
      const instruments = await readAll(api, { on, is_etf, exchange, status, q: search });
      output.json({ instruments });
      if (instruments.length === 0) output.line(t.instruments.none);
      else for (const line of listInstruments(instruments, t)) output.line(line);
      return exitCodes.done;
    },
  });

async function readAll(
  api: Api,
  filter: Omit<Parameters<Api["listInstruments"]>[0] & object, "limit" | "cursor">,
): Promise<Instrument[]> {
  const found: Instrument[] = [];
  for await (const page of pages(api.listInstruments, { ...filter, limit: pageRows }))
    found.push(...page.instruments);
  return found;
}

function listInstruments(instruments: readonly Instrument[], t: Messages): string[] {
  const { code, name, exchange, status, from, to } = t.instruments.headings;
  return asTable(
    [code, name, exchange, status, from, to],
    instruments.map((one) => [
      one.ts_code ?? "",
      one.name ?? "",
      one.exchange ?? "",
      one.list_status ?? "",
      one.list_date ?? "",
      one.delist_date ?? "",
    ]),
  );
}

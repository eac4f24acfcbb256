// The subjects of an interface without its own generator: the market's securities, or the codes its dataset's file
// names.

import type { DatasetSet } from "../../shared/catalogue/dataset.ts";
import { type Line, makeLines } from "./bars.ts";
import type { Calendar } from "./calendar.ts";
import { namedSecurity } from "./default-bars.ts";
import type { DatasetFiles, DefaultInterface } from "./default-interfaces.ts";
import { mix, textHash, unit } from "./hash.ts";
import type { Security } from "./securities.ts";

export type Subjects = {
  /** All stocks, for columns that name another stock beside the row's own code. */
  readonly stocks: readonly Line[];
  /** The subjects that may have a row. */
  readonly all: readonly Line[];
  /** The subjects that have a row at every step. */
  readonly regular: readonly Line[];
};

/** The share with rows, of members of which only some have them. */
const someShare = 0.6;

/** How many of the market's stocks have rows when the file names no subjects. */
const anyStocks = 50;

/** What the rows are about, where the file names no members and they are not stocks. */
type Kind = "funds" | "bonds" | "indices" | "industries";
const kindsOfSets: Readonly<Partial<Record<DatasetSet, Kind>>> = { fund: "funds", bond: "bonds" };
const kindsOfInterfaces: Readonly<Partial<Record<string, Kind>>> = {
  index_basic: "indices",
  index_dailybasic: "indices",
  index_classify: "industries",
};

const bondCodes = Array.from({ length: 30 }, (_, at) => `${113_001 + at}.SH`);
const indexCodes = ["000001.SH", "000016.SH", "000300.SH", "000905.SH", "399001.SZ", "399006.SZ"];
export const industryCodes = Array.from({ length: 31 }, (_, at) => `${801_010 + 10 * at}.SI`);

export type Population = { subjectsOf(face: DefaultInterface): Subjects };

/** The market as the subjects of datasets; the lines are made once. */
export function makePopulation(
  { seed, calendar, files }: { seed: number; calendar: Calendar; files: DatasetFiles },
  securities: readonly Security[],
): Population {
  const stocks = makeLines(securities.filter(({ board }) => board.kind === "stock"));
  const etfs = makeLines(securities.filter(({ board }) => board.kind === "ETF"));
  const [like] = securities;
  const named = (codes: readonly string[], first: string) =>
    like === undefined
      ? []
      : makeLines(codes.map((code) => namedSecurity(calendar, like, code, seed, first)));
  const others = {
    funds: etfs,
    bonds: named(bondCodes, calendar.openDays[0] ?? ""),
    indices: named(indexCodes, calendar.openDays[0] ?? ""),
    industries: named(industryCodes, calendar.openDays[0] ?? ""),
  };

  function linesOf({ file: { spec }, shape }: DefaultInterface): readonly Line[] {
    const { members } = spec;
    const inFile = members && "codes" in members ? members.codes : undefined;
    const codes = shape.code === undefined ? [""] : inFile; // one subject without a code, when rows have no code
    if (codes !== undefined && like !== undefined) {
      return named(codes, spec.firstDay ?? calendar.openDays[0] ?? "");
    }
    const kind = kindsOfInterfaces[spec.main.name] ?? kindsOfSets[spec.set];
    if (kind !== undefined && members === undefined) return others[kind];
    const list = members && "list" in members ? files[members.list]?.spec : spec;
    return list?.securities?.one === "etf" ? etfs : stocks;
  }

  return {
    subjectsOf(face) {
      const all = linesOf(face);
      const { expects, members, securities: own } = face.file.spec;
      const salt = mix(seed, textHash(face.dataset), 12);
      const step = Math.max(1, Math.floor(all.length / anyStocks));
      const isPart = expects === "some" && members !== undefined && "list" in members;
      const isUnsaid = members === undefined && own === undefined;
      const regular = all.filter((line, at) => {
        if (isUnsaid) return at % step === 0;
        return !isPart || at === 0 || unit(salt, line.security.seed) < someShare;
      });
      return { stocks, all, regular };
    },
  };
}

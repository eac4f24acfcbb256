// Options that have no effect with the rest of the command. They are refused: the user expected an effect.
import { say } from "../shared/words/say-here.ts";

type Values = Readonly<Record<string, unknown>>;

type Rule = {
  readonly option: string;
  /** The commands it is about; all without it. */
  readonly of?: readonly string[];
  readonly except?: readonly string[];
  /** With these values the option would be idle. */
  readonly idle: (values: Values) => boolean;
  /** What it goes with, or does not go with. */
  readonly only?: string;
  readonly not?: string;
};

/** Commands that act on an account, where a stack may not exist yet. */
const accountCommands = ["deploy", "destroy"];

/** Commands between two mirrors: --stack names one, --data-dir the other, and --region is of any that is deployed. */
const moveCommands = ["push", "pull"];

const hasStack = ({ stack }: Values) => stack !== undefined;
const isParquet = ({ format, out, all }: Values) =>
  format === "parquet" ||
  (all === true && format === undefined) ||
  (format === undefined && /\.parquet$/i.test(String(out)));

const isWhole = ({ all }: Values) => all === true;
const isOfAll = ({ dataset }: Values) => dataset === undefined;
const isOfDay = ({ day }: Values) => day !== undefined;
const isOfCode = ({ code }: Values) => code !== undefined;

const rules: readonly Rule[] = [
  { option: "data-dir", of: accountCommands, idle: () => true, not: say("accountCommands") },
  { option: "stack", of: ["setup"], idle: () => true, not: "setup" },
  {
    option: "token-stdin",
    of: ["setup"],
    idle: (values) => values["token-file"] !== undefined,
    not: "--token-file",
  },
  {
    option: "region",
    except: [...accountCommands, ...moveCommands],
    idle: (values) => !hasStack(values),
    only: "--stack",
  },
  // The doctor also checks the data directory of this machine.
  {
    option: "data-dir",
    except: [...accountCommands, ...moveCommands, "doctor"],
    idle: hasStack,
    not: "--stack",
  },
  { option: "limit", of: ["status"], idle: ({ task }) => task !== undefined, not: say("aTask") },
  { option: "by", of: ["coverage"], idle: isOfAll, only: "<dataset>" },
  { option: "code", of: ["coverage"], idle: isOfAll, only: "<dataset>" },
  { option: "day", of: ["coverage"], idle: isOfAll, only: "<dataset>" },
  { option: "code", of: ["coverage"], idle: isOfDay, not: "--day" },
  { option: "by", of: ["coverage"], idle: isOfDay, not: "--day" },
  { option: "by", of: ["coverage"], idle: isOfCode, not: "--code" },
  { option: "from", of: ["coverage"], idle: isOfDay, not: "--day" },
  { option: "to", of: ["coverage"], idle: isOfDay, not: "--day" },
  { option: "missing", of: ["coverage"], idle: isOfDay, not: "--day" },
  { option: "missing", of: ["coverage"], idle: isOfCode, not: "--code" },
  { option: "job", of: ["retry"], idle: ({ failure }) => failure !== "all", only: "all" },
  {
    option: "json",
    of: ["query"],
    idle: ({ format }) => format !== undefined && format !== "json",
    not: say("otherFormat"),
  },
  { option: "from", of: ["export"], idle: isWhole, not: "--all" },
  { option: "to", of: ["export"], idle: isWhole, not: "--all" },
  { option: "codes", of: ["export"], idle: isWhole, not: "--all" },
  { option: "json", of: ["export"], idle: ({ out }) => out === undefined, only: "--out" },
  { option: "numbers", of: ["export"], idle: (values) => !isParquet(values), only: "--format parquet" },
];

/** Why a command line is refused, in English; undefined if each option has an effect. */
export function idleOption(command: string, values: Values, argv: readonly string[]): string | undefined {
  const end = argv.indexOf("--");
  const options = end === -1 ? argv : argv.slice(0, end);
  const rule = rules.find(
    ({ option, of, except, idle }) =>
      (of?.includes(command) ?? true) &&
      !except?.includes(command) &&
      options.some((word) => word === `--${option}` || word.startsWith(`--${option}=`)) &&
      idle(values),
  );
  if (rule === undefined) return undefined;
  const option = `--${rule.option}`;
  return rule.only === undefined
    ? say("goesNotWith", { option, other: rule.not ?? "" })
    : say("goesOnlyWith", { option, other: rule.only });
}

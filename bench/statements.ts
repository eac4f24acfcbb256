// Runs EXPLAIN on every statement of the functions, with twenty million daily rows and a million units: its duration,
// the rows of the large tables it reads, and whether it scans or sorts one.
import { startDataApi } from "../local/data-api/server.ts";
import { fillLargeMirror, type MirrorSize } from "../test/support/large-mirror.ts";
import { countRows, type Explained, explaining } from "../test/support/plans.ts";
import { statementsOf } from "../test/support/statements.ts";
import { connect, type Engine } from "./engines.ts";

export type StatementMeasurement = {
  readonly name: string;
  readonly milliseconds: number;
  /** For each large table; the largest number first. */
  readonly rowsRead: readonly (readonly [table: string, rows: number])[];
  /** The reason why it may read more than a tenth of a table. */
  readonly readsMuch: string | undefined;
  readonly faults: readonly string[];
};

/** A plan may be larger than an answer of the service: it has the values of the statement's parameters. */
const plansMax = { rowBytes: 64 * 1024 * 1024, resultBytes: 64 * 1024 * 1024 };

/** @param codesMax stocks in one query of the planner */
export async function measureStatements(
  engine: Engine,
  size: MirrorSize,
  codesMax: number,
): Promise<{ rows: ReadonlyMap<string, number>; measured: StatementMeasurement[] }> {
  await fillLargeMirror(engine.databaseUrl, size);
  const server = await startDataApi({ databaseUrl: engine.databaseUrl, limits: plansMax });
  const database = connect(server.url);
  const rows = await countRows(database);
  const measured: StatementMeasurement[] = [];
  for (const { name, ask, readsMuch } of statementsOf({ stocks: size.stocks, codesMax })) {
    const plans: Explained[] = [];
    await ask(explaining(database, rows, (explained) => plans.push(explained)));
    // For a function with several queries this is the slowest; the others are listed under their own names.
    const slowest = plans.sort((a, b) => b.milliseconds - a.milliseconds)[0];
    measured.push({
      name,
      readsMuch,
      milliseconds: slowest?.milliseconds ?? Number.NaN,
      rowsRead: [...(slowest?.rowsRead ?? [])].sort(([, a], [, b]) => b - a),
      faults: plans.flatMap(({ faults, muchRead }) => [
        ...faults,
        ...(readsMuch === undefined ? muchRead : []),
      ]),
    });
  }
  await server.close();
  return { rows, measured };
}

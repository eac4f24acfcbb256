// npm run statements [-- NAME]: prints every statement that the functions run, with its name and its place in the code;
// with NAME, only those whose name contains it. Statements made from the catalogue are printed as sent.

import { migratedDatabase } from "../test/support/database.ts";
import { fillLargeMirror } from "../test/support/large-mirror.ts";
import { explaining } from "../test/support/plans.ts";
import { statementsOf } from "../test/support/statements.ts";

const [wanted = ""] = process.argv.slice(2);
const size = { stocks: 10, etfs: 2, days: 60, periods: 4, runs: { finance: 1, stocks: 1, days: 1 } };

const database = await migratedDatabase();
try {
  await fillLargeMirror(database.url, size);
  const seen = new Set<string>();
  for (const { name, ask } of statementsOf({ stocks: size.stocks, codesMax: 2 })) {
    const port = explaining(database, new Map(), ({ sql, calledFrom }) => {
      if (seen.has(sql) || !name.includes(wanted)) return;
      seen.add(sql);
      process.stdout.write(`-- ${name} (${calledFrom})\n${sql};\n\n`);
    });
    await ask(port);
  }
} finally {
  await database.close();
}

// The embedded engine in the test's own thread, behind the same wire. The two threads it has otherwise exchange four
// messages for each statement, which took a third of the CPU of a test of rules. A statement cannot be stopped here: that
// is shown where the engine is a whole one (database.test.ts, and every test of the local stack).
import { type Database, setEngineFlags } from "../../local/database/database.ts";
import type { Engine } from "../../local/database/engine.ts";
import { type ClusterContent, makeCluster } from "../../local/database/new-cluster.ts";
import { runMessages } from "../../local/database/pglite-run.ts";
import { servePglite } from "../../local/database/pglite-wire.ts";

export async function startEngineHere(content: ClusterContent): Promise<Database> {
  setEngineFlags();
  const db = await makeCluster(undefined, content);
  const engine: Engine = {
    async run(messages, unlessStopped) {
      const all = unlessStopped ? Buffer.concat([messages, unlessStopped]) : messages;
      return { output: Buffer.from((await runMessages(db, all)).buffer), isStopped: false };
    },
    interrupt() {},
    close: () => db.close(),
    kill: () => db.close(),
  };
  const lost = Promise.withResolvers<Error>();
  const server = await servePglite(engine, {
    port: 0,
    idleInTransactionMilliseconds: 60_000,
    readingMilliseconds: 2_000,
    onLost: (error) => lost.resolve(error instanceof Error ? error : new Error(String(error))),
    onFullDisk: () => undefined,
  });
  return {
    url: `postgres://postgres@127.0.0.1:${server.port}/postgres`,
    kind: "pglite",
    lost: lost.promise,
    async close() {
      await server.close();
      await engine.close();
    },
  };
}

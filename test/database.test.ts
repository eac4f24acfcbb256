// The embedded database: what was committed survives, and any number of clients share it without affecting each other.
import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, unlink } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Database, startDatabase } from "../local/database/database.ts";
import { keepUp } from "../local/database/pglite-upkeep.ts";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "database-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function connectTo(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  return client;
}

async function firstColumn(client: pg.Client, sql: string): Promise<unknown[]> {
  const { rows } = await client.query<unknown[]>({ text: sql, rowMode: "array" });
  return rows.map(([first]) => first);
}

describe("the embedded database", () => {
  let database: Database;
  beforeAll(async () => {
    database = await startDatabase({ dataDir: undefined, idleInTransactionSeconds: 0.2 });
  });
  afterAll(() => database?.close());

  test("listens at no address but 127.0.0.1, where it asks for no password", async () => {
    expect(await firstColumn(await connectTo(database.url), "select 1")).toEqual([1]);
    const elsewhere = database.url.replace("127.0.0.1", "127.0.0.2"); // a listener on every address would answer
    await expect(connectTo(elsewhere)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("gives each of many connections its own answers, however large the values", async () => {
    const clients = await Promise.all([1, 2, 3].map(() => connectTo(database.url)));
    const ask = async (client: pg.Client, index: number) => {
      for (let i = 0; i < 10; i++) {
        const { rows } = await client.query(`select $1::int + ${index} as n${index}, length($2::text) as l`, [
          i,
          "x".repeat(200_000 * index),
        ]);
        expect(rows).toEqual([{ [`n${index}`]: i + index, l: 200_000 * index }]);
      }
    };
    await Promise.all(clients.map((client, index) => ask(client, index)));
  });

  test("keeps settings and prepared statements apart", async () => {
    const [one, two] = await Promise.all([connectTo(database.url), connectTo(database.url)]);
    await one.query("set timezone = 'Asia/Shanghai'");
    expect(await firstColumn(two, "show timezone")).toEqual(["UTC"]);
    const same = { name: "same", rowMode: "array" } as const;
    expect((await one.query({ ...same, text: "select 1" })).rows).toEqual([[1]]);
    expect((await two.query({ ...same, text: "select 2" })).rows).toEqual([[2]]);
    await two.query("discard all");
    expect((await one.query({ ...same, text: "select 1" })).rows).toEqual([[1]]);
    expect(await firstColumn(one, "show timezone")).toEqual(["Asia/Shanghai"]);
  });

  test("rolls back the open transaction of a disconnected client, and the others continue", async () => {
    const [one, two] = await Promise.all([connectTo(database.url), connectTo(database.url)]);
    await one.query("create table left_open (a int)");
    await one.query("begin");
    await one.query("insert into left_open values (1)");
    const waiting = firstColumn(two, "select count(*)::int from left_open");
    const { stream } = (one as unknown as { connection: { stream: { destroy(): void } } }).connection;
    stream.destroy();
    expect(await waiting).toEqual([0]);
  });

  test("ends a client that idles in a transaction while others wait", async () => {
    const [idle, other] = await Promise.all([connectTo(database.url), connectTo(database.url)]);
    const ended = new Promise<Error>((resolve) => idle.once("error", resolve));
    await idle.query("begin");
    expect(await firstColumn(other, "select 1")).toEqual([1]);
    expect((await ended).message).toMatch(/idle in a transaction while others wait/);
  });

  test("answers psql, also COPY from the client", async ({ skip }) => {
    const psql = promisify(execFile);
    await psql("psql", ["--version"]).catch(() => skip("there is no psql on this host"));
    const { stdout } = await psql("psql", [
      ...["-X", "-A", "-t", "-d", database.url, "-c", "create table copied (a int)"],
      ...[
        "-c",
        "\\copy copied from program 'seq 1 5'",
        "-c",
        "select sum(a) from copied",
        "-c",
        "\\d copied",
      ],
    ]);
    expect(stdout.split("\n").slice(0, 4)).toEqual(["CREATE TABLE", "COPY 5", "15", "a|integer|||"]);
  });

  test("analyzes tables as a server does: the planner knows the size of what was loaded", async () => {
    const client = await connectTo(database.url);
    await client.query("create table loaded as select n from generate_series(1, 5000) as n");
    await client.query("select pg_stat_force_next_flush()");
    await keepUp(async (sql) => (await client.query({ text: sql, rowMode: "array" })).rows);
    expect(await firstColumn(client, "select reltuples from pg_class where relname = 'loaded'")).toEqual([
      5000,
    ]);
  });

  test("takes the preferred port when it is free, another when not", async () => {
    const taken = Number(new URL(database.url).port);
    const second = await startDatabase({ dataDir: undefined, port: taken });
    const port = Number(new URL(second.url).port);
    await second.close();
    expect(port).not.toBe(taken);
    const third = await startDatabase({ dataDir: undefined, port });
    await third.close();
    expect(Number(new URL(third.url).port)).toBe(port);
  });
});

describe("the embedded database on disk", () => {
  test("holds every committed row after SIGKILL at any moment, three times over", async () => {
    const dataDir = join(await temporaryFolder(), "data");
    let confirmed = 0;
    for (let round = 1; round <= 3; round++) {
      const writer = fork(new URL("./support/committing-writer.ts", import.meta.url), [dataDir]);
      const last = await lastConfirmedBefore(writer, confirmed + 40 * round);
      const database = await startDatabase({ dataDir });
      const client = await connectTo(database.url);
      const [stored] = await firstColumn(client, "select count(*)::int from written");
      const [highest] = await firstColumn(client, "select max(n)::int from written");
      await client.end();
      await database.close();
      expect(stored).toBe(highest); // no hole
      expect(stored).toBeGreaterThanOrEqual(last);
      confirmed = Number(stored);
    }
  });

  test("is created again when its creation was interrupted", async () => {
    const dataDir = await temporaryFolder();
    await (await startDatabase({ dataDir })).close();
    await unlink(join(dataDir, "created"));
    await unlink(join(dataDir, "cluster", "global", "pg_control"));
    const database = await startDatabase({ dataDir });
    const client = await connectTo(database.url);
    expect(await firstColumn(client, "select 1")).toEqual([1]);
    await client.end();
    await database.close();
  });

  test("opens again by itself when a statement ends the engine", async () => {
    const database = await startDatabase({ dataDir: await temporaryFolder() });
    const client = await connectTo(database.url);
    await client.query("create table kept as select 1 as a");
    await client.query("select 1; copy kept from stdin").catch(() => undefined); // PGlite cannot wait for the rows
    const again = async () => firstColumn(await connectTo(database.url), "select a from kept");
    await expect.poll(() => again().catch(() => []), { timeout: 20_000 }).toEqual([1]);
    await database.close();
  });

  test("opens again by itself when a statement leaves it unresponsive, and tells its clients", async () => {
    const database = await startDatabase({ dataDir: await temporaryFolder() });
    const [client, other] = await Promise.all([connectTo(database.url), connectTo(database.url)]);
    await client.query("create table kept as select 1 as a");
    const told = new Promise<Error>((resolve) => other.once("error", resolve));
    // COPY TO PROGRAM ends PGlite; hidden like this it is not refused.
    const hidden = "do $block$ begin execute 'copy (select 1) to prog' || 'ram ''true'''; end $block$";
    await expect(client.query(hidden)).rejects.toMatchObject({ code: "57P01" });
    expect((await told).message).toContain("opened again, because a statement ended it");
    expect(await firstColumn(await connectTo(database.url), "select a from kept")).toEqual([1]);
    await database.close();
  });
});

describe("DATABASE_URL", () => {
  test("without a server behind it is refused with its host and what to do, without the password", async () => {
    const start = startDatabase({
      dataDir: undefined,
      databaseUrl: "postgres://me:secret@127.0.0.1:1/quotes",
    });
    const error = await start.catch((cause: Error) => cause);
    expect(error).toMatchObject({
      message: expect.stringMatching(/127\.0\.0\.1:1\/quotes.*nothing listens there.*unset/),
    });
    expect(String(error)).not.toContain("secret");
  });

  test("that is not a PostgreSQL URL is refused with an example", async () => {
    const start = startDatabase({ dataDir: undefined, databaseUrl: "mysql://root@localhost" });
    await expect(start).rejects.toThrow("expected postgres://user:password@host:5432/database");
  });
});

/** Kills the writer once it confirmed row `n`; returns the last row it had confirmed by then. */
function lastConfirmedBefore(writer: ChildProcess, n: number): Promise<number> {
  let last = 0;
  return new Promise((resolve, reject) => {
    writer.on("error", reject);
    writer.on("message", (confirmed: number) => {
      last = confirmed;
      if (confirmed >= n) writer.kill("SIGKILL");
    });
    writer.on("exit", (_code, signal) => {
      if (signal === "SIGKILL") resolve(last);
      else reject(new Error("the writer ended by itself"));
    });
  });
}

describe("beyond this machine", () => {
  const password = "not/easy:to@guess";
  let database: Database;
  beforeAll(async () => {
    database = await startDatabase({ dataDir: undefined, host: "0.0.0.0", password });
  });
  afterAll(() => database?.close());

  test("the embedded database asks every client for its password, and never passes it on in the open", async () => {
    const withPassword = (word: string) => database.url.replace(/:[^:@]+@/, `:${encodeURIComponent(word)}@`);
    expect(await firstColumn(await connectTo(database.url), "select 1")).toEqual([1]);
    const without = database.url.replace(/:[^:@]+@/, "@");
    await expect(connectTo(without)).rejects.toThrow(/password must be a string|password authentication/);
    for (const wrong of ["", "not/easy:to@gues", `${password} `, "postgres"]) {
      await expect(connectTo(withPassword(wrong))).rejects.toThrow();
    }
    await expect(connectTo(withPassword("NOT/easy:to@guess"))).rejects.toMatchObject({ code: "28P01" });

    const sent = await askedOf(database.url);
    expect(sent).toContain("SCRAM-SHA-256");
    expect(sent).not.toContain(password);
    expect(await firstColumn(await connectTo(database.url), "select 2")).toEqual([2]); // refusals harmed nobody
  });

  test("psql gets in with the password only", async ({ skip }) => {
    const psql = promisify(execFile);
    await psql("psql", ["--version"]).catch(() => skip("there is no psql on this host"));
    const address = new URL(database.url);
    address.password = "";
    const select = (word: string) =>
      psql("psql", ["-w", "-Atc", "select 7", address.href], { env: { ...process.env, PGPASSWORD: word } });
    expect((await select(password)).stdout).toBe("7\n");
    await expect(select("wrong")).rejects.toMatchObject({
      stderr: expect.stringContaining("password authentication failed"),
    });
  });

  test("what a client sends instead of a password ends its connection, and nothing else", async () => {
    const startup = messageOf("", Buffer.concat([int32(196608), Buffer.from("user\0postgres\0\0")]));
    const query = messageOf("Q", Buffer.from("create table intruder ()\0"));
    const scram = (text: string) =>
      messageOf("p", Buffer.concat([Buffer.from("SCRAM-SHA-256\0"), int32(text.length), Buffer.from(text)]));
    for (const messages of [
      [startup, query, query],
      [startup, messageOf("p", Buffer.from(`${password}\0`)), query],
      [startup, scram("n,,n=,r="), query],
      [startup, scram("p=tls-unique,,n=,r=abc"), query],
      [startup, scram("n,,n=,r=abc"), messageOf("p", Buffer.from("c=biws,r=abc,p=")), query],
      [startup, scram("n,,n=,r=abc"), messageOf("p", Buffer.alloc(0)), query],
      [startup, Buffer.concat([Buffer.from("p"), int32(100_000_000), Buffer.alloc(20_000)])],
      [Buffer.concat([int32(100_000_000), Buffer.alloc(20_000)])],
    ]) {
      expect(await answerTo(database.url, Buffer.concat(messages))).not.toContain("R\0\0\0\x08\0\0\0\0");
    }
    const client = await connectTo(database.url);
    expect(await firstColumn(client, "select to_regclass('intruder')")).toEqual([null]);
  });

  test("it does not listen without a password", async () => {
    for (const host of ["0.0.0.0", "::", "192.0.2.1"]) {
      const refused = startDatabase({ dataDir: undefined, host });
      await expect(refused).rejects.toThrow(`--database-host ${host} lets other machines`);
    }
  });

  /** All that a client and the server say to each other until the client is in. */
  async function askedOf(url: string): Promise<string> {
    const client = new pg.Client({ connectionString: url });
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    let said = "";
    const write = stream.write.bind(stream);
    stream.write = ((bytes: Buffer, ...rest: []) => {
      said += bytes.toString("latin1");
      return write(bytes, ...rest);
    }) as typeof stream.write;
    stream.on("data", (bytes: Buffer) => {
      said += bytes.toString("latin1");
    });
    await client.connect();
    await client.end();
    return said;
  }

  /** Everything the server answers until it ends the connection. */
  async function answerTo(url: string, bytes: Buffer): Promise<string> {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let answer = "";
    socket.on("data", (part: Buffer) => {
      answer += part.toString("latin1");
    });
    socket.on("error", () => undefined); // reset, with bytes unread
    socket.write(bytes);
    await once(socket, "close");
    return answer;
  }

  function messageOf(type: string, body: Buffer): Buffer {
    return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
  }

  function int32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  }
});

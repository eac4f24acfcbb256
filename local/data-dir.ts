// One process on one data directory: the database in it would not notice a second one.
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";

export type DataDir = { readonly path: string; release(): void };

type Holder = { pid: number; port: number; key: string; since: string };

/**
 * Takes the directory, making it when it is not there. The holder answers with its key on a loopback port, so a file
 * left by a killed process, or a process number used again, refuses nobody.
 * @throws Error naming the process that holds it
 */
export async function takeDataDir(path: string): Promise<DataDir> {
  mkdirSync(path, { recursive: true });
  const file = join(path, "holder.json");
  const key = randomUUID();
  const server = createServer((socket) => socket.end(key));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  const holder: Holder = { pid: process.pid, port, key, since: new Date().toISOString() };
  while (!tryWrite(file, holder)) {
    const other = readHolder(file);
    if (other !== undefined && (await answers(other))) {
      server.close();
      throw new Error(
        `the data directory ${path} is in use by process ${other.pid}, started ${other.since}: stop it, or choose another with --data-dir`,
      );
    }
    rmSync(file, { force: true });
  }
  return {
    path,
    release() {
      server.close();
      rmSync(file, { force: true });
    },
  };
}

function tryWrite(file: string, holder: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    const { pid, port, key, since } = JSON.parse(readFileSync(file, "utf8")) as Partial<Holder>;
    return pid !== undefined && port !== undefined && key !== undefined && since !== undefined
      ? { pid, port, key, since }
      : undefined;
  } catch {
    return undefined; // gone, or half written by a process that was killed
  }
}

function answers({ port, key }: Holder): Promise<boolean> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect({ host: "127.0.0.1", port, timeout: 2_000 });
    socket.on("data", (chunk) => {
      said += chunk.toString();
    });
    socket.on("end", () => resolve(said === key));
    socket.on("error", () => resolve(false));
    socket.on("timeout", () => resolve(socket.destroy() && false));
  });
}

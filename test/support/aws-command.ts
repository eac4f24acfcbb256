// The real `aws` command of this machine, started as few times as possible.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** 1 or 2; undefined where there is no `aws`. */
export const awsVersion = await run("aws", ["--version"]).then(
  ({ stdout, stderr }) => /aws-cli\/(\d+)/.exec(stdout + stderr)?.[1],
  () => undefined,
);

export type AwsCommand = { readonly path: string; close(): void };

/**
 * The command as a file. Version 1, which is a Python module, is loaded once: each call is a fork of that process, and takes a
 * tenth of the CPU time. Version 2 is started as it is.
 * @param folder for the file and a socket
 */
export async function openAws(folder: string): Promise<AwsCommand> {
  const { stdout } = await run("bash", ["--norc", "-c", "command -v aws"]);
  const installed = { path: stdout.trim(), close() {} };
  if (awsVersion !== "1") return installed;
  const python = await run("python3", ["-c", "import awscli, sys; print(sys.executable)"]).then(
    (printed) => printed.stdout.trim(),
    () => undefined,
  );
  if (python === undefined) return installed;
  const socket = join(folder, "aws.socket");
  const server = spawn(python, [join(import.meta.dirname, "aws-server.py"), socket], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  // A server that ends, such as with another release whose modules have other names, prints nothing.
  const [printed] = await Promise.race([once(server.stdout, "data"), once(server.stdout, "end")]);
  if (printed === undefined) return installed;
  const path = join(folder, "aws-forked");
  const client = join(import.meta.dirname, "aws-client.py");
  writeFileSync(path, `#!/bin/sh\nexec '${python}' -I -S '${client}' '${socket}' "$@"\n`);
  chmodSync(path, 0o755);
  return { path, close: () => void server.kill() };
}

// The deployed functions: their bundles from a synth, their size, their import time, and the environment variables they
// read.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { resolveTemplate } from "../local/aws/template.ts";
import { synthesise } from "../local/synth.ts";
import { encodeOrigin, simulatedOrigin } from "../shared/catalogue/origin.ts";
import type { FunctionVariable } from "../shared/catalogue/stack.ts";
import { median } from "./report.ts";

export type DeployedFunction = {
  /** Its logical id in the template, without the hash. */
  readonly name: string;
  readonly bundle: string;
  readonly memoryMegabytes: number;
};

/** The folder of the bundles is deleted when the process ends. */
export async function makeBundles(): Promise<DeployedFunction[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-cdk-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await synthesise(folder, { egress: "none" });
  const { resources, bundle } = resolveTemplate(folder, "http://127.0.0.1:9");
  return resources
    .filter(
      ({ type, properties }) => type === "AWS::Lambda::Function" && properties.Handler === "index.handler",
    )
    .map((resource) => ({
      name: resource.logicalId.replace(/[0-9A-F]{8}$/, ""),
      bundle: join(bundle(resource), "index.mjs"),
      memoryMegabytes: Number(resource.properties.MemorySize),
    }))
    .filter(({ bundle }) => existsSync(bundle)); // CDK's own helpers have no such bundle
}

/** Origin of the rows, in the databases and in the functions' environment. */
export const benchOrigin = simulatedOrigin({ seed: 1, stocks: 5_400 });

/** The functions' environment variables. Every address is loopback; the names are not used there. */
export function functionEnvironment(endpoints: {
  dataApiUrl: string;
  secretsUrl: string;
  tushareUrl: string;
}): Record<FunctionVariable, string> & Record<string, string> {
  const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;
  return {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL: "http://127.0.0.1:9", // nothing listens: queue and schedules are used only after a failure
    AWS_ENDPOINT_URL_RDS_DATA: endpoints.dataApiUrl,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsUrl,
    SYNC_REVISION_SHARE_MAX: "100", // one of the measured phases changes every row
    POWERTOOLS_SERVICE_NAME: "tushare-sync",
    POWERTOOLS_METRICS_NAMESPACE: "TushareSync",
    POWERTOOLS_LOG_LEVEL: "INFO",
    DATABASE_RESOURCE_ARN: arn("rds", "cluster:bench"),
    DATABASE_SECRET_ARN: arn("secretsmanager", "secret:database"),
    DATABASE_READER_SECRET_ARN: arn("secretsmanager", "secret:reader"),
    READER_PASSWORD_SECRET_ARN: "", // the bench's database has no such user
    DATABASE_NAME: "bench",
    TUSHARE_URL: endpoints.tushareUrl,
    MIRROR_ORIGIN: encodeOrigin(benchOrigin),
    TUSHARE_TOKEN_SECRET_ARN: tokenArn,
    // A call every 10 ms for each slot: far less than a day takes, so pacing costs nothing here.
    TUSHARE_MIN_INTERVAL: "0.01",
    WORKER_SLOTS: "1",
    WORK_QUEUE_URL: "http://127.0.0.1:9/000000000000/work",
    DISPATCHER_ARN: arn("lambda", "function:dispatcher"),
    DISPATCHER_NAME: "dispatcher",
    WEBHOOK_SECRET_ID: "webhook",
    ALARM_LANGUAGE: "en",
    DIGEST_TOPIC_ARN: "",
    SCHEDULE_GROUP_NAME: "bench",
    SCHEDULE_ROLE_ARN: arn("iam", "role/bench"),
    SCHEDULE_DEAD_LETTERS_ARN: arn("sqs", "missed-runs"),
    OWN_ADDRESS_URL: "",
    ENDPOINT_TOKENS_SECRET_ARN: arn("secretsmanager", "secret:tokens"),
  };
}

export const tokenArn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:token-aaaaaa";

export function bundleBytes({ bundle }: DeployedFunction): { bytes: number; gzipBytes: number } {
  const text = readFileSync(bundle);
  return { bytes: text.length, gzipBytes: gzipSync(text).length };
}

/** Milliseconds in which a fresh Node process imports the bundle: the median of `times`. */
export async function coldImport(
  { bundle }: DeployedFunction,
  env: Readonly<Record<string, string>>,
  times: number,
): Promise<number> {
  const script =
    "const at = performance.now(); await import(process.argv[1]); console.log(performance.now() - at)";
  const measured: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const args = ["--input-type=module", "--eval", script, pathToFileURL(bundle).href];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    measured.push(Number(stdout));
  }
  return median(measured);
}

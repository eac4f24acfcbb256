// Entry of the worker thread: serves the upstream and tells the parent its address.
import { parentPort, workerData } from "node:worker_threads";
import type { UpstreamOptions } from "./handle.ts";
import { serveUpstream } from "./protocol.ts";

const upstream = await serveUpstream(workerData as UpstreamOptions);
parentPort?.postMessage(upstream.url);

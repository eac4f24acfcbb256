// The local Data API server in its own thread, because the real service does not run in the worker's process either.
import { parentPort, workerData } from "node:worker_threads";
import { startDataApi } from "../local/data-api/server.ts";

const { url } = await startDataApi({ databaseUrl: String(workerData) });
parentPort?.postMessage(url);

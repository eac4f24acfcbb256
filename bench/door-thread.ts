// The local endpoint in TuShare's protocol in its own thread, because its clients do not run in its process either.
import { parentPort, workerData } from "node:worker_threads";
import { startDoor } from "../local/tushare-door/server.ts";
import { readSettings } from "../shared/catalogue/settings.ts";

const { url } = await startDoor({ readerUrl: String(workerData), settings: readSettings({}) });
parentPort?.postMessage(url);

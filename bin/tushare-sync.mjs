#!/usr/bin/env node
// The command `tushare-sync`: the command line on Node 24, whatever Node it was called with.
process.argv.splice(2, 0, "cli/main.ts");
await import("../local/launch.mjs");

#!/usr/bin/env node
// The command `tushare-sync`: runs the command line on Node 24, whatever Node version started it.
process.argv.splice(2, 0, "cli/main.ts");
await import("../local/launch.mjs");

import { defineConfig } from "vitest/config";

// Two workers: the suites start real engines, and the smallest machine we promise to work on has two cores.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

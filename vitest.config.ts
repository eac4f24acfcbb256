import { defineConfig } from "vitest/config";

// Three workers: the suites start real engines, and on the two cores of the smallest machine we promise to work on some of
// them mostly wait.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

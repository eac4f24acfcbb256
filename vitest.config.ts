import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * These mostly wait for minutes, schedules and other processes. They start first, so that the run does not wait for
 * them at its end.
 */
const waiting = [
  "faults",
  "full-disk",
  "in-the-way",
  "origin-start",
  "aws-cli",
  "hints",
  "captured",
  "pause",
  "priority",
  "cli",
  "page",
  "npm-start",
  "database-url",
];

class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = waiting.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return at === -1 ? waiting.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

// Three workers for two cores, the smallest machine we support: the suites start real engines, and some of them mostly
// wait.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 3,
    // A start needs eight CPU seconds, and on a busy machine it may get a tenth of the CPU.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    sequence: { sequencer: WaitingFirst },
  },
});

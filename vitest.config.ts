import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They wait for minutes, schedules and other processes more than they work; begun last, they would be waited for. */
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

// Three workers: the suites start real engines, and on the two cores of the smallest machine we promise to work on some of
// them mostly wait.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 3,
    // A start works for eight seconds, and on a machine that others use it gets a tenth of it.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    sequence: { sequencer: WaitingFirst },
  },
});

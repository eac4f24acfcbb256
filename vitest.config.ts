import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { alone, long, wholeStacks } from "./test/support/apart.ts";

const filesOf = (names: readonly string[]) => names.map((name) => `test/${name}.test.ts`);

/**
 * The files of a run that have a process of their own. Those that start whole stacks are in `npm run test:all`, and in any run
 * that names files.
 */
export function filesApart(mode: string, words: readonly string[]): string[] {
  const isNamed = words.some((word) => word !== "run" && !word.startsWith("-"));
  return filesOf([...(mode === "all" || isNamed ? wholeStacks : []), ...alone]);
}

/**
 * Those that share processes come last, in one run, the long ones first: a shared process ends when the next file wants
 * one of its own.
 */
class StacksFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification) => {
      const placeIn = (names: readonly string[]) =>
        names.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      const [early, late] = [placeIn(wholeStacks), placeIn(long)];
      if (early !== -1) return early;
      if (project.config.isolate) return wholeStacks.length;
      return wholeStacks.length + 1 + (late === -1 ? long.length : late);
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

// Four workers for two cores, the smallest machine we support: with three, a fifth of the CPU was unused, because many
// tests wait for minutes, schedules and other processes. Five take as long.
export default defineConfig(({ mode }) => ({
  test: {
    pool: "forks",
    experimental: { viteModuleRunner: false }, // Node runs the types away itself, and keeps what it compiled: a tenth less CPU
    maxWorkers: 4,
    // A start needs eight CPU seconds, and on a busy machine it may get a tenth of the CPU.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    env: { MIRROR_SETTINGS_FILE: "" }, // no test may use the token of whoever runs it
    sequence: { sequencer: StacksFirst },
    // Loading the same modules again for each file is an eighth of the work, so most files share the workers' processes.
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: filesOf([...wholeStacks, ...alone]),
          isolate: false,
        },
      },
      { extends: true, test: { name: "apart", include: filesApart(mode, process.argv.slice(2)) } },
    ],
  },
}));

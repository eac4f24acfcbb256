// What a release passes on, and what is checked before one is made.
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseYaml } from "@redocly/openapi-core";
import { afterAll, describe, expect, test } from "vitest";
import { allCommands } from "../cli/commands.ts";
import { en } from "../cli/messages/en.ts";
import { documentNotice, type Package, packagesOf } from "../docs/notice-document.ts";
import { makeApp } from "../infra/app.ts";
import { bundledFiles, entries } from "../infra/bundle.ts";
import { type Held, heldIn, holdingTypes, replacementsBy } from "../release/replacements.ts";
import { changelogProblem, steps } from "../release/steps.ts";

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n");
const scratch = mkdtempSync(join(tmpdir(), "release-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the version of package.json", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string };

  test("is what the command line names", () => {
    const run = spawnSync(process.execPath, ["bin/tushare-sync.mjs", "--version"], {
      cwd: root,
      encoding: "utf8",
    });
    expect([run.stdout, run.stderr, run.status]).toEqual([`${version}\n`, "", 0]);
  });

  test("is in the stack's description and given to every function", () => {
    const context = {
      "aws:cdk:bundling-stacks": [],
      alarmWebhookSecret: "a-secret",
      tushareEndpoint: "true",
    };
    const [stack] = makeApp({ context, outdir: join(scratch, "cdk.out") }).synth().stacks;
    expect(stack?.template.Description).toMatch(new RegExp(`\\(version ${version}\\)$`));
    const functions = Object.values<{ Type: string; Properties: Record<string, unknown> }>(
      stack?.template.Resources,
    ).filter(({ Type, Properties }) => Type === "AWS::Lambda::Function" && Properties.Architectures);
    expect(functions.length).toBe(entries().length);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Environment: { Variables: { RELEASE_VERSION: version } } });
    }
  });

  test("is in every log line and every metric, and is no dimension", () => {
    const script = `import { log, meter, printMetrics } from "./functions/services.ts";
      log.info("a line"); meter.count("TooFast", 1, { interface: "daily" }); meter.count("Calls", 2); printMetrics.after();
      meter.count("Calls", 3); printMetrics.after();`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      ...{ cwd: root, encoding: "utf8" },
      env: {
        ...process.env,
        ...{ POWERTOOLS_SERVICE_NAME: "a-stack", POWERTOOLS_METRICS_NAMESPACE: "TushareSync" },
        RELEASE_VERSION: "7.8.9",
      },
    });
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines, stderr).toHaveLength(4);
    for (const line of lines) expect(line.version).toBe("7.8.9");
    const dimensions = lines
      .flatMap((line) => line._aws?.CloudWatchMetrics ?? [])
      .flatMap((each) => each.Dimensions);
    expect([...new Set(dimensions.flat())].sort()).toEqual(["interface", "service"]);
  });
});

describe("what a deployment of this release would do to a stack of the last one", () => {
  const context = { "aws:cdk:bundling-stacks": [], alarmWebhookSecret: "a-secret", tushareEndpoint: "true" };
  const [stack] = makeApp({ context, outdir: join(scratch, "ids") }).synth().stacks;
  const now = heldIn(stack?.template.Resources);
  const last = JSON.parse(read("release/stateful.json")) as typeof now;

  // A new resource is added to the file. What is there changes only on purpose, with an entry in CHANGELOG.md that says what
  // a deployment loses and how to carry it over.
  test("a resource that holds something keeps its logical id, and no property changes that replaces it", () => {
    expect(replacementsBy(last, now)).toEqual([]);
    expect(new Set(Object.values(now).map(({ type }) => type))).toEqual(new Set(holdingTypes));
  });

  test.each<[string, (template: typeof last) => object, RegExp]>([
    [
      "another logical id",
      ({ PipelineWork06930A96: queue, ...rest }) => ({ ...rest, Other: queue }),
      /^PipelineWork06930A96 .*removes it$/,
    ],
    [
      "another name of the database",
      (held) => changed(held, "AWS::RDS::DBCluster", "DatabaseName", "other"),
      /^DatabaseCluster.*DatabaseName changes from "tushare" to "other", which replaces it$/,
    ],
    [
      "no encryption any more",
      (held) => changed(held, "AWS::RDS::DBCluster", "StorageEncrypted", undefined),
      /StorageEncrypted changes from true to nothing/,
    ],
    [
      "a queue with a name",
      (held) => changed(held, "AWS::SQS::Queue", "QueueName", "work"),
      /^Pipeline.*QueueName changes from nothing to "work"/,
    ],
    [
      "another type",
      (held) => ({ ...held, MonitoringTopic2EDA8B02: { type: "AWS::SQS::Queue", fixed: {} } }),
      /^MonitoringTopic2EDA8B02 is AWS::SQS::Queue, no longer AWS::SNS::Topic/,
    ],
    [
      "a new one",
      (held) => ({ ...held, New: { type: "AWS::SQS::Queue", fixed: {} } }),
      /^New .*is new: add it/,
    ],
  ])("is told in a sentence: %s", (_, change, sentence) => {
    expect(replacementsBy(last, change(last) as unknown as typeof last)).toContainEqual(
      expect.stringMatching(sentence),
    );
  });

  test("what AWS changes in place is no replacement", () => {
    const [[id = "", cluster] = []] = Object.entries<{ Type: string; Properties: object }>(
      stack?.template.Resources,
    ).filter(([, { Type }]) => Type === "AWS::RDS::DBCluster");
    const larger = { ...cluster, Properties: { ...cluster?.Properties, BackupRetentionPeriod: 30 } };
    const held = heldIn({ ...stack?.template.Resources, [id]: larger });
    expect(replacementsBy(now, held)).toEqual([]);
  });
});

function changed<Some extends Readonly<Record<string, Held>>>(
  held: Some,
  type: string,
  name: string,
  value: unknown,
): Some {
  const [id = "", one] = Object.entries(held).find(([, each]) => each.type === type) ?? [];
  return { ...held, [id]: { ...one, fixed: { ...one?.fixed, [name]: value } } };
}

describe("NOTICE", () => {
  test("names every package in the functions' bundles with its licence; if not, `npm run docs` writes it again", () => {
    const packages = packagesOf(bundledFiles());
    expect(read("NOTICE")).toBe(documentNotice(packages));
    // Those that the functions import themselves, so that a change of the bundler's account would be noticed.
    const imported = globSync("{functions,shared}/**/*.ts", { cwd: root }).flatMap((file) =>
      [...read(file).matchAll(/^import (?!type )[^;]*? from "((?:@[^/"]+\/)?(?!node:)[a-z][^/"]*)/gm)].map(
        ([, name]) => name,
      ),
    );
    expect(new Set(imported).size).toBeGreaterThan(5);
    const names = packages.map(({ name }) => name);
    expect(imported.filter((name) => name !== undefined && !names.includes(name))).toEqual([]);
  });

  test("is about every function that the stack deploys", () => {
    const deployed = globSync("infra/*.ts", { cwd: root }).flatMap((file) =>
      [...read(file).matchAll(/\bentry: "([^"]+)"/g)].map(([, entry]) => entry),
    );
    expect([...new Set(deployed)].sort()).toEqual(entries());
  });

  const mit: Package = { name: "a", version: "1.0.0", licence: "MIT", author: "An Author", text: undefined };

  test("has one text for packages that share it, and a standard text with the author's name for one without", () => {
    const shared = { ...mit, licence: "Apache-2.0", text: "the same terms" };
    const text = documentNotice([mit, { ...shared, name: "b" }, { ...shared, name: "c", version: "2.0.0" }]);
    expect(text).toContain("Copyright (c) An Author");
    expect(text).toContain("b 1.0.0 (Apache-2.0)\nc 2.0.0 (Apache-2.0)\n");
    expect(text.split("the same terms")).toHaveLength(2);
  });

  test.each([
    [
      { licence: "GPL-3.0-only", text: "terms" },
      "a 1.0.0 is in a bundle under 'GPL-3.0-only', expected one of 0BSD",
    ],
    [{ licence: "undefined", text: "terms" }, "under 'undefined'"],
    [{ licence: "BSD-3-Clause" }, "a 1.0.0 holds no text of its licence BSD-3-Clause"],
  ])("refuses a package of %j", (change, sentence) => {
    expect(() => documentNotice([{ ...mit, ...change }])).toThrow(sentence);
  });

  test("takes a package's own licence and notice files, and the version of the one that is used", () => {
    const file = (path: string, text: string) => {
      mkdirSync(join(scratch, dirname(path)), { recursive: true });
      writeFileSync(join(scratch, path), text);
    };
    const inner = "node_modules/outer/node_modules/@a/inner";
    file(`${inner}/package.json`, '{"name":"@a/inner","version":"3.1.0","license":"ISC","author":"B <b@b>"}');
    file(`${inner}/LICENCE.md`, "terms \r\nof inner\r\n");
    file(`${inner}/NOTICE`, "made by B\n");
    file("node_modules/outer/package.json", '{"name":"outer","version":"1.0.0","license":"MIT"}');
    const files = ["shared/unit.ts", `${inner}/dist/index.js`, `${inner}/dist/more.js`];
    expect(packagesOf(files, scratch)).toEqual([
      {
        ...{ name: "@a/inner", version: "3.1.0", licence: "ISC", author: "B" },
        text: "terms\nof inner\n\nmade by B",
      },
    ]);
  });
});

describe("release-check", () => {
  test.each([
    ["## 1.2.0 (2026-12-01)\n\n- a\n\n## 1.1.0 (2026-11-01)", undefined],
    ["## 1.2.0 (unreleased)", "is '## 1.2.0 (unreleased)', expected '## 1.2.0 (YYYY-MM-DD)'"],
    ["## 1.2.0", "is '## 1.2.0', expected"],
    ["## 1.2.01 (2026-12-01)", "is '## 1.2.01 (2026-12-01)', expected"],
    ["## 1.3.0 (unreleased)\n\n## 1.2.0 (2026-12-01)", "is '## 1.3.0 (unreleased)', expected"],
    ["# Changelog", "CHANGELOG.md has no entry, expected '## 1.2.0 (YYYY-MM-DD)'"],
  ])("reads the entry of 1.2.0 from %j", (changelog, problem) => {
    const found = changelogProblem("1.2.0", changelog);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });

  test("prints every step with its verdict, and passes only a project in which nothing is left to do", () => {
    const folder = join(scratch, "project");
    const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
    const git = (...args: string[]) =>
      spawnSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], {
        cwd: folder,
        encoding: "utf8",
      });
    const commit = () => [git("add", "-A"), git("commit", "-qm", "change")];
    const manifest = (scripts: Record<string, string>) =>
      put("package.json", JSON.stringify({ version: "1.2.0", scripts: { ...good, ...scripts } }));
    const good = { check: "exit 0", synth: "exit 0", test: "exit 0", docs: "echo same > page.md" };
    const verdicts = () => {
      const run = spawnSync(process.execPath, [join(root, "release/check.ts"), folder], { encoding: "utf8" });
      return { ...run, failed: run.stdout.split("\n").filter((line) => line.startsWith("FAILED")) };
    };
    mkdirSync(folder);
    git("init", "-q");
    manifest({});
    put("package-lock.json", '{"version":"1.2.0"}');
    put("CHANGELOG.md", "## 1.2.0 (2026-12-01)\n");
    put("page.md", "same\n");
    commit();
    const ready = verdicts();
    expect([ready.status, ready.failed]).toEqual([0, []]);
    expect(ready.stdout.match(/^ok /gm)).toHaveLength(steps.length);
    expect(ready.stdout).toContain("Ready: tag it");

    git("tag", "v1.2.0");
    put("package-lock.json", '{"version":"1.1.0"}');
    put("stray.txt", "");
    manifest({ check: "echo the reason; exit 3", synth: "exit 1", docs: "echo newer > page.md" });
    const unready = verdicts();
    expect(unready.status).toBe(1);
    expect(unready.failed).toEqual([
      "FAILED  nothing is uncommitted: commit or remove package-lock.json, package.json, stray.txt",
      expect.stringContaining("package-lock.json is of 1.1.0, expected 1.2.0: run npm install"),
      "FAILED  the version is new: there is a tag v1.2.0: raise the version in package.json",
      expect.stringContaining("npm run check failed"),
      expect.stringContaining("npm run synth failed"),
      expect.stringContaining("it changed page.md: commit them"),
    ]);
    expect(unready.stdout).toContain("the reason");
    expect(unready.stdout).toContain("ok      no resource that holds something");
  });

  test("asks only for scripts that there are, and for a test that there is", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    for (const name of ["check", "synth", "docs", "test", "release-check"])
      expect(scripts[name]).toBeDefined();
    expect(read("release/steps.ts")).toContain('"test/release.test.ts", "-t", "logical id"');
  });
});

describe("the settings for GitHub", () => {
  type Step = { readonly uses?: string; readonly run?: string };
  type Job = {
    readonly "timeout-minutes"?: number;
    readonly permissions?: Readonly<Record<string, string>>;
    readonly steps: readonly Step[];
  };
  type Workflow = {
    readonly on: object;
    readonly permissions: object;
    readonly jobs: Readonly<Record<string, Job>>;
  };
  const parse = <Content>(file: string) => parseYaml(read(file)) as Content;
  const workflows = globSync(".github/workflows/*.yml", { cwd: root }).sort();

  test("run everything on every push and for every release", () => {
    expect(workflows.map((file) => basename(file))).toEqual(["ci.yml", "release.yml"]);
    const [ci, release] = workflows.map((file) => parse<Workflow>(file));
    expect(ci?.on).toEqual({ push: { branches: ["**"] }, pull_request: null });
    expect(release?.on).toEqual({ push: { tags: ["v*"] } });
    for (const jobs of [ci?.jobs.run, release?.jobs.build]) {
      expect(jobs?.steps.map(({ run }) => run)).toContain(".ci/run");
    }
  });

  test.each(workflows)("%s has pinned actions, limits, and the least rights", (file) => {
    const { jobs, permissions } = parse<Workflow>(file);
    expect(permissions).toEqual({ contents: "read" });
    for (const job of Object.values(jobs)) {
      expect(job["timeout-minutes"]).toBeGreaterThan(0);
      for (const { uses } of job.steps)
        expect(uses ?? "actions/none@v1").toMatch(/^actions\/[\w-]+@(v\d+|[\da-f]{40})$/);
      if (job.permissions === undefined) continue;
      // Who may write runs nothing of the checkout, and so no dependency's code.
      expect(job.permissions).toEqual({ contents: "write" });
      expect(job.steps.filter(({ uses }) => uses?.startsWith("actions/checkout"))).toEqual([]);
      expect(JSON.stringify(job.steps)).not.toContain("npm");
    }
    // A branch's name could hold a command, so no expression stands in a script.
    const scripts = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = "" }) => run));
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
  });

  test("a release's notes are the newest entry of CHANGELOG.md", () => {
    const awk = /awk '[^']+' CHANGELOG\.md/.exec(read(".github/workflows/release.yml"))?.[0] ?? "";
    writeFileSync(
      join(scratch, "CHANGELOG.md"),
      "# Changelog\n\nAbout.\n\n## 1.2.0 (2026-12-01)\n\n- new\n\n## 1.1.0 (2026-11-01)\n\n- old\n",
    );
    const { stdout } = spawnSync("sh", ["-c", awk], { cwd: scratch, encoding: "utf8" });
    expect(stdout.trim()).toBe("- new");
  });

  test("name only packages that are dependencies, and hold those back whose next version cannot be used", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<string, object>;
    const names = Object.keys({ ...dependencies, ...devDependencies });
    type Update = {
      readonly groups?: Readonly<Record<string, { readonly patterns: readonly string[] }>>;
      readonly ignore?: readonly { readonly "dependency-name": string }[];
    };
    const [npm] = parse<{ updates: readonly Update[] }>(".github/dependabot.yml").updates;
    const held = npm?.ignore?.map((each) => each["dependency-name"]) ?? [];
    expect(held).toEqual(["node", "@types/node", "@electric-sql/pglite"]);
    const patterns = Object.values(npm?.groups ?? {}).flatMap((group) => group.patterns);
    expect(patterns.length).toBeGreaterThan(5);
    for (const pattern of [...held, ...patterns]) {
      const start = pattern.replace(/\*$/, "");
      const matches = names.filter((name) => (pattern === start ? name === pattern : name.startsWith(start)));
      expect(matches, pattern).not.toEqual([]);
    }
  });

  test("ask in an issue for what commands of this version print", async () => {
    const commands = (await allCommands(en)).map(({ usage }) => usage.split(" ")[0]);
    const forms = globSync(".github/ISSUE_TEMPLATE/*.yml", { cwd: root });
    expect(forms.length).toBe(2);
    for (const file of forms) {
      expect(parse(file)).toMatchObject({ name: expect.any(String), description: expect.any(String) });
      for (const [, word] of read(file).matchAll(/npx tushare-sync ([a-z]\S*?)`/g))
        expect(commands).toContain(word);
    }
  });

  test("the editor's settings are the formatter's", () => {
    const { formatter } = JSON.parse(read("biome.json")) as { formatter: Record<string, unknown> };
    expect(read(".editorconfig")).toContain(`indent_style = ${formatter.indentStyle}\n`);
    expect(read(".editorconfig")).toContain(`indent_size = ${formatter.indentWidth}\n`);
    expect(read(".editorconfig")).toContain(`max_line_length = ${formatter.lineWidth}\n`);
  });
});

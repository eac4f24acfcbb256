// Which folder may import which, the purity of the core, and names that two files must agree on.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { datasets } from "../shared/catalogue/datasets.ts";
import { jobs } from "../shared/catalogue/jobs.ts";
import { settingTable } from "../shared/catalogue/settings.ts";
import { filesApart } from "../vitest.config.ts";
import { alone, long, wholeStacks } from "./support/apart.ts";

const root = join(import.meta.dirname, "..");

type Import = { readonly from: string; readonly values: boolean };

/** Imports of a source file: files of ours by their path from the root, packages by name. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const statements = [
    ...text.matchAll(/^(?:import|export)\s+(?:([^"';]*?)\s+from\s+)?"([^"]+)"/gm),
    ...text.matchAll(/()\bimport\("([^"]+)"\)/g),
    ...text.matchAll(/()\bnew URL\("(\.[^"]+\.ts)", import\.meta\.url\)/g), // the file of a thread
  ];
  return statements.map(([, names = "", from = ""]) => ({
    from: from.startsWith(".") ? relative(root, join(root, dirname(file), from)) : from,
    values: !isOnlyTypes(names),
  }));
}

function isOnlyTypes(names: string): boolean {
  const named = /^\{([^}]*)\}$/.exec(names)?.[1];
  if (named === undefined) return names.startsWith("type ");
  return named
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .every((name) => name.startsWith("type "));
}

function sourcesIn(...patterns: string[]): string[] {
  return patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
}

const core = sourcesIn("shared/**/*.ts").filter((file) => !file.startsWith("shared/adapters/"));
const everything = sourcesIn("{infra,functions,shared,local}/**/*.ts");

/** What would make a rule depend on the time, the machine or chance. */
const ambient =
  /\bprocess\.|\bDate\.now\(|\bnew Date\(\)|\bperformance\b|\bMath\.random\b|\bset(Timeout|Interval|Immediate)\b|\bfetch\(|\bconsole\b|\bcrypto\b(?!")/;

test("the folders hold what this test reads", () => {
  for (const folder of ["infra/", "functions/", "shared/", "shared/adapters/", "local/"]) {
    expect(everything.some((file) => file.startsWith(folder))).toBe(true);
  }
  expect(importsOf("shared/unit.ts")).toContainEqual({ from: "shared/catalogue/dataset.ts", values: false });
  expect(importsOf("shared/unit.ts")).toContainEqual({ from: "shared/catalogue/datasets.ts", values: true });
  expect(importsOf("shared/unit.ts")).toContainEqual({ from: "zod/mini", values: true });
  expect(importsOf("shared/catalogue/measures.ts").filter(({ values }) => values)).toEqual([]);
  expect(withoutComments(readFileSync(join(root, "functions/services.ts"), "utf8"))).toMatch(ambient);
});

describe.each(core)("%s", (file) => {
  test("imports the core and zod: no adapter, no SDK, no environment", () => {
    const foreign = importsOf(file)
      .map(({ from }) => from)
      .filter((from) => !core.includes(from) && from !== "zod/mini")
      .filter((from) => !(file === "shared/ledger/migrate.ts" && from === "node:crypto"));
    expect(foreign).toEqual([]);
  });

  test("takes time, chance and settings as arguments", () => {
    const code = withoutComments(readFileSync(join(root, file), "utf8"));
    expect(ambient.exec(code)?.[0]).toBeUndefined();
  });
});

describe.each(sourcesIn("shared/adapters/*.ts"))("%s", (file) => {
  test("imports the core and packages: no other adapter, no function", () => {
    const ours = importsOf(file).filter(({ from }) => everything.includes(from));
    expect(ours.filter(({ from }) => !core.includes(from))).toEqual([]);
  });
});

describe.each(sourcesIn("functions/*.ts"))("%s", (file) => {
  test("reaches neither infra nor the local stack", () => {
    expect(importsOf(file).filter(({ from }) => /^(infra|local|test)\//.test(from))).toEqual([]);
  });
});

test("there are no import cycles, not even of types", () => {
  const all = [...everything, ...sourcesIn("{cli,bench,docs,schema}/**/*.ts")];
  const circles: string[] = [];
  const done = new Set<string>();
  function visit(file: string, path: readonly string[]): void {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
    if (done.has(file) || path.includes(file)) return;
    for (const { from } of importsOf(file)) if (all.includes(from)) visit(from, [...path, file]);
    done.add(file);
  }
  for (const file of all) visit(file, []);
  expect(circles).toEqual([]);
});

test("infra reads only data from shared, and the messages that refuse a wrong value", () => {
  const held = valuesOf(sourcesIn("infra/*.ts"));
  expect(held).toContain("shared/catalogue/jobs.ts");
  expect(held.filter((file) => !/^shared\/(catalogue|words)\//.test(file))).toEqual([]);
});

test("the local stack runs the template: of shared it takes types, words, and the names of jobs, settings and origins", () => {
  const data = /^shared\/(catalogue\/[\w-]+|coverage\/members|dispatch\/command|words\/[\w-]+)\.ts$/;
  // Before the stack is up, a start checks the origin of the stored rows and whether TuShare accepts the token.
  // A new database begins with the schema, for which the migrations are run once and the cluster is kept.
  // The embedded database checks a password as the real one does, by what is kept of it.
  const looks = /^shared\/(ledger\/(origin|migrate)|adapters\/(tushare|scram)|errors)\.ts$/;
  // The page reads and draws what the deployed widget and API do; it changes nothing but through the dispatcher. The
  // door answers as TuShare does, which nothing deployed does yet; it only reads.
  const taken = sourcesIn("local/**/*.ts")
    .filter((file) => !/^local\/(page|tushare-door)\//.test(file))
    .flatMap(importsOf)
    .filter(({ values }) => values);
  expect(
    taken
      .map(({ from }) => from)
      .filter((from) => from.startsWith("shared/") && !data.test(from) && !looks.test(from)),
  ).toEqual([]);
  expect(taken.map(({ from }) => from).filter((from) => /^(functions|infra)\//.test(from))).toEqual([]);
});

test("the local page takes reads and drawings of shared, and nothing that changes the ledger", () => {
  const reads =
    /^shared\/((widget|words|reads|catalogue)\/.*|coverage\/(stored-days|reach|names)|commands\/command|api\/table)\.ts$/;
  const taken = sourcesIn("local/page/*.ts")
    .flatMap(importsOf)
    .filter(({ from, values }) => values && from.startsWith("shared/"))
    .map(({ from }) => from);
  expect(taken).toContain("shared/widget/tasks.ts");
  expect(taken.filter((from) => !reads.test(from))).toEqual([]);
});

/** Files of shared that these files import as values, directly or through other files. */
function valuesOf(files: readonly string[]): string[] {
  const held = new Set<string>();
  const visit = (file: string): void => {
    for (const { from, values } of importsOf(file)) {
      if (!values || !from.startsWith("shared/") || held.has(from)) continue;
      held.add(from);
      visit(from);
    }
  };
  for (const file of files) visit(file);
  return [...held].sort();
}

describe.each(Object.values(datasets))("the dataset $name", (dataset) => {
  test("names a value column in one interface only, so that none overwrites another's", () => {
    const names = [dataset.main, ...dataset.details]
      .flatMap(({ columns }) => columns.map(({ name }) => name))
      .filter((name) => !dataset.key.includes(name));
    expect(names).toEqual([...new Set(names)]);
  });

  test("has a link to its documentation, and its name in the catalogue", () => {
    expect(dataset.documentation.length).toBeGreaterThan(0);
    expect(Object.entries(datasets).find(([, entry]) => entry === dataset)?.[0]).toBe(dataset.name);
  });
});

test("every setting that code names exists", () => {
  const outside = ["TUSHARE_URL", "TUSHARE_TOKEN", "TUSHARE_TOKEN_SECRET_ARN"]; // addresses and secrets
  const unknown = everything.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/\b(?:SYNC|TUSHARE|WORKER)_[A-Z_]*[A-Z]\b/g)]
      .map(([name]) => name)
      .filter((name) => !(name in settingTable) && !outside.includes(name))
      .map((name) => `${file}: ${name}`),
  );
  expect(unknown).toEqual([]);
});

test("every job plans datasets of the catalogue, in batches of a setting", () => {
  for (const { datasets: names, batchSize, after } of Object.values(jobs)) {
    expect(names.filter((name) => !(name in datasets))).toEqual([]);
    expect(Object.keys(settingTable)).toContain(batchSize);
    expect(after.filter((job) => !(job in jobs))).toEqual([]);
  }
});

test("only the composition root, the entry points and the local stack read the environment", () => {
  const readers = everything.filter((file) =>
    /\bprocess\.env\b/.test(withoutComments(readFileSync(join(root, file), "utf8"))),
  );
  const allowed = /^(functions\/(services|env-credentials)\.ts|infra\/app\.ts|local\/)/;
  expect(readers.filter((file) => !allowed.test(file))).toEqual([]);
});

test("every source file opens with a line that says what it is for", () => {
  const silent = everything.filter((file) => !/^\/\/ \S/.test(readFileSync(join(root, file), "utf8")));
  expect(silent).toEqual([]);
});

function withoutComments(code: string): string {
  return code
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/(?<=[\s;{},])\/\/ .*$/gm, "");
}

test("a test file that permanently replaces a part of its process runs in a process of its own", () => {
  const replaces = /\b(mockClient|useFakeTimers|stubGlobal|stubEnv|vi\.mock|vi\.spyOn)\(/;
  const files = sourcesIn("test/*.test.ts").filter((file) => file !== "test/architecture.test.ts");
  const replacing = files.filter((file) => replaces.test(readFileSync(join(root, file), "utf8")));
  const filesOf = (names: readonly string[]) => names.map((name) => `test/${name}.test.ts`);
  const apart = filesOf([...wholeStacks, ...alone]);
  expect(replacing.length).toBeGreaterThan(3);
  expect(replacing.filter((file) => !apart.includes(file))).toEqual([]);
  expect([...apart, ...filesOf(long)].filter((file) => !files.includes(file))).toEqual([]);
});

test("npm test leaves out only the files that start whole stacks; npm run test:all and a named file leave out nothing", () => {
  const files = (names: readonly string[]) => names.map((name) => `test/${name}.test.ts`);
  expect(filesApart("test", ["run", "--reporter=dot"])).toEqual(files(alone));
  expect(filesApart("all", ["run"])).toEqual(files([...wholeStacks, ...alone]));
  expect(filesApart("test", ["run", "test/faults.test.ts"])).toContain("test/faults.test.ts");
});

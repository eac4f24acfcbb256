// The files of a migration: numbered, named for what they do, each with a down file that reverts it.
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { Change } from "../schema/changes.ts";
import { migrationOf, wrongName } from "../schema/migration.ts";

describe("the files of a migration", () => {
  const changes: Change[] = [
    { up: "create table a ()", down: "drop table a" },
    { up: "create index b on a ()" },
  ];

  test("have the next number, and the down undoes the last first", () => {
    const before = ["0001_a.sql", "0001_a.down.sql", "0002_b.sql", "0002_b.down.sql", "0003_c.down.sql"];
    const last = { up: "comment on table a is 'x'", down: "comment on table a is null" };
    expect(migrationOf("add_a", [...changes, last], before)).toEqual({
      up: {
        name: "0003_add_a.sql",
        text: "create table a ();\n\ncreate index b on a ();\n\ncomment on table a is 'x';\n",
      },
      down: { name: "0003_add_a.down.sql", text: "comment on table a is null;\n\ndrop table a;\n" },
    });
  });

  test.each([
    undefined,
    "",
    "add",
    "Add_a",
    "0016_add_a",
    "add-a",
    "add_a.sql",
    "../add_a",
    "add_a; drop",
    "添加_a",
    "add_".padEnd(70, "a"),
  ])("are not made for the name %j", (name) => expect(wrongName(name)).toBeDefined());

  test("are made from a verb and its object", () => expect(wrongName("add_index_daily")).toBeUndefined());

  test.each([[[]], [["Add"]], [["add_a", "add_b"]]])(
    "npm run make-migration %j is refused with an example",
    (given) => {
      const { status, stderr } = spawnSync(process.execPath, ["schema/make-migration.ts", ...given], {
        encoding: "utf8",
      });
      expect([status, stderr]).toEqual([
        2,
        expect.stringContaining("npm run make-migration add_index_daily"),
      ]);
    },
  );
});

// The file that `setup` writes: who may read it, what counts before it, and that its errors never show the token.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  holdsToken,
  isOpenToOthers,
  readSettingsFile,
  settingsPath,
  withSettings,
  writeSettingsFile,
} from "../local/settings-file.ts";
import { translate } from "../shared/words/translate.ts";

const folder = mkdtempSync(join(tmpdir(), "settings-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const token = "a-token-nobody-may-see";

test("only its owner can read it, also when a file was there that others could read", () => {
  const file = join(folder, "sub", "settings.env");
  writeSettingsFile(file, { TUSHARE_TOKEN: token });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const open = join(folder, "open.env");
  writeFileSync(open, "", { mode: 0o644 });
  expect(isOpenToOthers(open)).toBe(true);
  writeSettingsFile(open, { TUSHARE_TOKEN: token });
  expect(isOpenToOthers(open)).toBe(false);
  expect(isOpenToOthers(join(folder, "none"))).toBe(false);
});

test("writing keeps comments and the lines of a person, and replaces what is set again", () => {
  const file = join(folder, "kept.env");
  writeFileSync(file, "# mine\nSYNC_FAILURE_MAX_RETRIES=5\nTUSHARE_CALLS_A_MINUTE = 50\n\n");
  writeSettingsFile(file, { TUSHARE_CALLS_A_MINUTE: "200", SYNC_DATASETS: "core" });
  expect(readFileSync(file, "utf8")).toBe(
    "# mine\nSYNC_FAILURE_MAX_RETRIES=5\nTUSHARE_CALLS_A_MINUTE=200\nSYNC_DATASETS=core\n",
  );
});

test("a variable of the environment counts before a line, even an empty one", () => {
  const file = join(folder, "before.env");
  writeFileSync(file, `export TUSHARE_TOKEN="${token}"\r\nTUSHARE_CALLS_A_MINUTE=500\r\n`);
  const here = { MIRROR_SETTINGS_FILE: file };
  expect(withSettings(here)).toMatchObject({ TUSHARE_TOKEN: token, TUSHARE_CALLS_A_MINUTE: "500" });
  expect(withSettings({ ...here, TUSHARE_TOKEN: "" }).TUSHARE_TOKEN).toBe("");
  expect([holdsToken(here), holdsToken({ MIRROR_SETTINGS_FILE: "" })]).toEqual([true, false]);
  // A line that asks for a simulated upstream: the pace stays, the token does not.
  const trial = withSettings(here, { account: false });
  expect(trial).toMatchObject({ TUSHARE_CALLS_A_MINUTE: "500" });
  expect(trial).not.toHaveProperty("TUSHARE_TOKEN");
});

test("a token is never combined with an address that was set elsewhere", () => {
  const file = join(folder, "pair.env");
  writeFileSync(file, `TUSHARE_TOKEN=${token}\nTUSHARE_URL=https://proxy.example.com\n`);
  const pairWith = (given: object) => withSettings({ MIRROR_SETTINGS_FILE: file, ...given });
  expect(pairWith({})).toMatchObject({ TUSHARE_TOKEN: token, TUSHARE_URL: "https://proxy.example.com" });
  expect(pairWith({ TUSHARE_TOKEN: "" })).not.toHaveProperty("TUSHARE_URL"); // the simulated market
  expect(pairWith({ TUSHARE_TOKEN: "another-token" })).not.toHaveProperty("TUSHARE_URL");
  expect(pairWith({ TUSHARE_URL: "http://127.0.0.1:1" })).not.toHaveProperty("TUSHARE_TOKEN");
});

test("without a file, or with none wanted, the environment stays as it is", () => {
  expect(withSettings({ MIRROR_SETTINGS_FILE: join(folder, "absent"), A: "1" })).toMatchObject({ A: "1" });
  expect(settingsPath({ MIRROR_SETTINGS_FILE: "" })).toBeUndefined();
  expect(settingsPath({})).toMatch(/\.local\/settings\.env$/);
});

test.each([
  [`${token}\n`, "line 1: not a setting; expected NAME=value"],
  [`\n# \nTUSHARE_TOKN=${token}\n`, "line 3: there is no setting TUSHARE_TOKN; did you mean TUSHARE_TOKEN?"],
  [`PATH=${token}\n`, "line 1: there is no setting PATH"],
])("a line that is no setting is named by its number, without its text: %#", (text, sentence) => {
  const file = join(folder, "bad.env");
  writeFileSync(file, text);
  const said = messageOf(() => readSettingsFile(file));
  expect(said).toContain(sentence);
  expect(said).not.toContain(token);
  expect(translate(said, "zh")).toMatch(/第 \d 行/);
});

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "read";
}

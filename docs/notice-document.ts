// The text of NOTICE: each licence once, after the packages that are under it. Most licences ask that their text goes along
// with the code, and the bundles are what a release passes on.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

export type Package = {
  readonly name: string;
  readonly version: string;
  /** By its SPDX name. */
  readonly licence: string;
  readonly author: string;
  /** Of its licence files; undefined when it has none. */
  readonly text: string | undefined;
};

/** Licences under which code may be passed on with this project's own. */
const permitted = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0"];

/** For packages that name their licence and do not hold its text. https://spdx.org/licenses */
const standardTexts: Readonly<Record<string, (author: string) => string>> = {
  MIT: (author) => `MIT License\n\nCopyright (c) ${author}\n\n${grant}${condition}\n${noWarranty}`,
  "MIT-0": (author) =>
    `MIT No Attribution\n\nCopyright ${author}\n\n${grant.replace(", subject to the following conditions:", ".")}\n${noWarranty}`,
};

const grant = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:
`;
const condition = `
The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.
`;
const noWarranty = `THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** The installed packages that the files belong to. Files of our own belong to none. */
export function packagesOf(files: readonly string[], folder = root): Package[] {
  const homes = new Set(
    files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []),
  );
  return [...homes].sort().map((home) => readPackage(join(folder, home)));
}

/** @throws Error naming the package whose licence is not permitted, or whose text is not known */
export function documentNotice(packages: readonly Package[]): string {
  const byText = new Map<string, string[]>();
  for (const one of packages) {
    const { name, version, licence, text } = one;
    if (!permitted.includes(licence)) {
      const allowed = `expected one of ${permitted.join(", ")}`;
      throw new Error(
        `${name} ${version} is in a bundle under '${licence}', ${allowed}: leave it out, or decide`,
      );
    }
    const known = text ?? standardTexts[licence]?.(one.author);
    if (known === undefined) {
      throw new Error(`${name} ${version} holds no text of its licence ${licence}: add it to standardTexts`);
    }
    byText.set(known, [...(byText.get(known) ?? []), `${name} ${version} (${licence})`]);
  }
  const sections = [...byText].map(([text, names]) => `${line}\n${names.join("\n")}\n${line}\n\n${text}\n`);
  return `${head}\n${sections.join("\n")}`;
}

const line = "-".repeat(80);
const head = `tushare-sync is under the licence in the file LICENSE. The functions that it deploys also hold parts of the
packages below, under these licences. Made from the bundles by \`npm run docs\`.
`;

function readPackage(home: string): Package {
  const { name, version, license, author } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const names = existsSync(home) ? readdirSync(home).sort() : [];
  const texts = names
    .filter((file) => /^(licen[cs]e|notice|copying|copyright)/i.test(file))
    .map((file) => tidy(readFileSync(join(home, file), "utf8")));
  return {
    ...{ name, version, licence: String(license) },
    author:
      typeof author === "string" ? author.replace(/ <.*/, "") : (author?.name ?? `the authors of ${name}`),
    text: texts.length === 0 ? undefined : texts.join("\n\n"),
  };
}

/** Equal texts differ in their line ends and in spaces at the ends of lines. */
function tidy(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replaceAll(/[ \t]+$/gm, "")
    .trim();
}

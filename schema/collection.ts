// The module that collects the dataset files, as a text. It imports nothing of the catalogue, which imports that module.

/** Its text without the files that are not there any more: else nothing that imports the catalogue could run. */
export function withoutRemoved(text: string, isThere: (file: string) => boolean): string {
  const imports = [...text.matchAll(/^import \* as (\w+) from "\.\/datasets\/([\w-]+\.ts)";\n/gm)];
  return imports
    .filter(([, , file = ""]) => !isThere(file))
    .reduce(
      (left, [line, name]) =>
        left.replace(line, "").replace(new RegExp(`^  \\w+: ${name}\\.(spec|words),\\n`, "gm"), ""),
      text,
    );
}

// The table of docs/tushare-endpoint.md: every interface that the mirror answers as TuShare does.
import { type Face, facesOf } from "../shared/tushare-door/face.ts";
import { markdownTable } from "./markdown-table.ts";

const mark = "<!-- the interfaces: written by npm run docs -->";

/** The document with the table below its mark. */
export function withInterfaces(document: string): string {
  const [text] = document.split(mark);
  return `${text}${mark}\n\n${tableOf([...facesOf().values()])}\n`;
}

function tableOf(faces: readonly Face[]): string {
  const header = [
    "interface",
    "parameters, besides `limit` and `offset`",
    "newest first by",
    "rows",
    "not stored",
  ];
  return markdownTable(
    header,
    faces.map(({ spec, filters, day, lacks, always }) => [
      `\`${spec.name}\``,
      [...new Set([...filters.keys(), ...(day ? ["start_date", "end_date"] : []), ...Object.keys(always)])]
        .map((name) => `${name}${spec.requires?.includes(name) ? " (required)" : ""}`)
        .join(", "),
      day?.name ?? "",
      spec.rowCap.toLocaleString("en-US"),
      lacks.join(", "),
    ]),
  );
}

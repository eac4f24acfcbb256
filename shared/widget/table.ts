// A table as HTML. Columns are data, so that the head, the cells and the labels of cells on a narrow screen agree.
import { html, type Markup, type Part } from "./html.ts";

export type Column<Row> = {
  /** Empty for a column of buttons. */
  readonly name: string;
  readonly cell: (row: Row) => Part;
  readonly isNumber?: boolean;
  readonly isRight?: boolean;
  /** Tooltip: the full text of a shortened cell. */
  readonly title?: (row: Row) => string;
};

export type Table<Row> = {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** A line below a row, across all columns. */
  readonly note?: (row: Row) => string | undefined;
  /** Few enough columns to stay side by side on a narrow screen. The first one names the row. */
  readonly isPlain?: boolean;
  readonly caption?: string;
};

export function renderTable<Row>(table: Table<Row>): Markup {
  const { columns, rows, caption, isPlain } = table;
  return html`<table class="ts-table${isPlain ? " plain" : ""}">${caption === undefined ? undefined : html`<caption>${caption}</caption>`}
<thead><tr>${columns.map(head)}</tr></thead>
<tbody>${rows.map((row) => renderRow(table, row))}</tbody>
</table>`;
}

function head<Row>({ name, isRight }: Column<Row>): Markup {
  return name === ""
    ? html`<td></td>`
    : html`<th scope="col"${attribute("class", isRight && "right")}>${name}</th>`;
}

function renderRow<Row>({ columns, note, isPlain }: Table<Row>, row: Row): Markup {
  const below = note?.(row);
  return html`<tr>
${columns.map((column, at) => (isPlain && at === 0 ? html`<th scope="row">${column.cell(row)}</th>` : renderCell(column, row, isPlain)))}</tr>
${below === undefined ? undefined : html`<tr class="ts-reason"><td colspan="${columns.length}">${below}</td></tr>\n`}`;
}

function renderCell<Row>(column: Column<Row>, row: Row, isPlain = false): Markup {
  const { name, isNumber, isRight, title, cell } = column;
  const classes = [isNumber && "ts-number", isRight && "right"].filter(Boolean).join(" ");
  const attributes = [
    attribute("class", classes),
    attribute("title", title?.(row)),
    attribute("data-label", !isPlain && name),
  ];
  return html`<td${attributes}>${cell(row)}</td>
`;
}

function attribute(name: string, value: string | false | undefined): Markup | undefined {
  return value ? html` ${name}="${value}"` : undefined;
}

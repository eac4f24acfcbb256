// The fixed texts of the schema pages, in both languages.
import type { Language } from "../shared/words/language.ts";

export type SchemaTexts = {
  readonly opening: string;
  readonly drawn: string;
  /** Label of an arrow from a relation to the view that reads it; no quotes. */
  readonly readByView: string;
  readonly kinds: Readonly<Record<"table" | "view" | "function", string>>;
  readonly columns: Readonly<Record<"column" | "type" | "null" | "unit" | "meaning", string>>;
  readonly nullable: string;
  readonly notNull: string;
  readonly default: (value: string) => string;
  readonly indexes: string;
  readonly unique: string;
  readonly rules: string;
  readonly stop: string;
  readonly reads: (names: readonly string[]) => string;
  readonly returns: (type: string) => string;
  readonly twin: (name: string, columns: number) => string;
  readonly moreNumbers: (count: number) => string;
};

export const schemaTexts: Readonly<Record<Language, SchemaTexts>> = {
  en: {
    opening: `# Schema

Written by \`npm run docs\` ([中文](schema.zh.md)): tables of datasets from the files in \`shared/catalogue/datasets/\`, the others
from the comments in \`migrations/\` and the queries in \`docs/schema-notes.ts\`.

Numbers are \`numeric\` and keep every digit TuShare sent, in TuShare's units. Days are \`date\`, as in Shanghai. Times
are \`timestamptz\`. A null means what the column says, never zero.`,
    drawn: `Only columns of keys are drawn. A solid line is a foreign key; a dotted one joins rows that may arrive in any order, or
leads to a view.`,
    readByView: "read by the view",
    kinds: { table: "Table", view: "View", function: "Function" },
    columns: { column: "column", type: "type", null: "null", unit: "unit", meaning: "meaning" },
    nullable: "null",
    notNull: "not null",
    default: (value) => `, default ${value}`,
    indexes: "Indexes:",
    unique: " unique",
    rules: "Rules:",
    stop: ". ",
    reads: (names) => `Reads ${names.join(", ")}.`,
    returns: (type) => `Returns ${type}, and is used like a view: filters use the indexes.`,
    twin: (name, columns) => `Columns: those of [${name}](#${name}), ${columns} in all.`,
    moreNumbers: (count) => `${count} more columns, all numeric, null where there is no figure`,
  },
  zh: {
    opening: `# 数据库结构

由 \`npm run docs\` 生成（[English](schema.md)）：数据集的表来自 \`shared/catalogue/datasets/\` 中的文件，其余来自 \`migrations/\` 中的注释、
\`docs/schema-chinese.ts\` 和 \`docs/schema-notes.ts\`。

数值为 \`numeric\`，保留 TuShare 给出的每一位数字，单位与 TuShare 一致。日期为 \`date\`，按北京时间。时刻为 \`timestamptz\`。
空值的含义见各列，绝不表示零。`,
    drawn: "图中只画键所含的列。实线为外键；虚线连接可以按任意次序到达的行，或指向视图。",
    readByView: "视图读取",
    kinds: { table: "表", view: "视图", function: "函数" },
    columns: { column: "列", type: "类型", null: "空值", unit: "单位", meaning: "含义" },
    nullable: "可空",
    notNull: "非空",
    default: (value) => `，默认 ${value}`,
    indexes: "索引：",
    unique: " 唯一",
    rules: "约束：",
    stop: "。",
    reads: (names) => `读取 ${names.join("、")}。`,
    returns: (type) => `返回 ${type}，可以像视图一样查询：过滤条件能用上索引。`,
    twin: (name, columns) => `列与 [${name}](#${name}) 相同，共 ${columns} 列。`,
    moreNumbers: (count) => `其余 ${count} 列均为 numeric，没有该指标时为空`,
  },
};

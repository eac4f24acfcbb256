// What a person's statement begins with, which tells whether it only reads.

/** True for read-only statements that can be stopped. COPY is excluded: it writes files and runs programs even in a read-only transaction. */
export function isReading(sql: string): boolean {
  return /^(\(|select|with|values|table|explain|show)$/i.test(firstWord(sql));
}

/** The first word of a statement after its comments, or its first character. */
export function firstWord(sql: string): string {
  const text = sql.replace(/^(\s*(--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/))*\s*/, "");
  return /^(\w+|.|)/s.exec(text)?.[0] ?? "";
}

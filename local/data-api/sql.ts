// Parses the SQL text of a Data API call: named parameters become $1, $2 …, and text that the service refuses is found.
// It knows PostgreSQL's quoting and comments, not its grammar. parameters.ts binds the values.

export interface Statement {
  /** The text for PostgreSQL. */
  readonly text: string;
  /** The parameter behind $1, $2 …; each name once. */
  readonly names: readonly string[];
  readonly isMultiple: boolean;
  /** It may change the session (a setting, a temporary table, a lock), so the session must be closed afterwards. */
  readonly changesSession: boolean;
  /** Converts a 1-based position in `text`, as PostgreSQL reports it, to one in the caller's SQL. */
  position(inText: number): number;
}

const cacheEntriesMax = 200;
const cachedCharactersMax = 20_000;
const cache = new Map<string, Statement>();

/** Parses a statement. The result is cached, as callers repeat few texts with many values. */
export function readStatement(sql: string): Statement {
  const known = cache.get(sql);
  if (known) return known;
  const statement = parse(sql);
  if (sql.length <= cachedCharactersMax) {
    const [oldest] = cache.keys();
    if (cache.size >= cacheEntriesMax && oldest !== undefined) cache.delete(oldest);
    cache.set(sql, statement);
  }
  return statement;
}

// One alternative for each syntax that may contain a colon or semicolon; a dollar quote ends at its own tag.
const token = new RegExp(
  [
    /(?<comment>--[^\n]*)/,
    /(?<block>\/\*)/,
    /(?<quoted>[eE]'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*'|'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*")/,
    /(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)/,
    /(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)/,
    /(?<cast>::|:=)/,
    /:(?<name>[A-Za-z0-9_]+)/,
    /(?<end>;)/,
    /(?<space>\s+)/,
    /[\s\S]/,
  ]
    .map((part) => part.source)
    .join("|"),
  "y",
);

const sessionCommands =
  /^(set|reset|listen|unlisten|load|prepare|deallocate|discard|declare|do|call|begin|start)$/i;
const sessionWords =
  /^(temp|temporary|set_config|setseed|pg_(try_)?advisory_lock(_shared)?|currval|lastval)$/i;

function parse(sql: string): Statement {
  const names: string[] = [];
  const moves: { inText: number; shift: number }[] = [];
  let text = "";
  let copiedTo = 0;
  let firstWord: string | undefined;
  let ended = false;
  let isMultiple = false;
  let changesSession = false;

  token.lastIndex = 0;
  for (let match = token.exec(sql); match; match = token.exec(sql)) {
    const { comment, block, dollar, word, name, end, space } = match.groups ?? {};
    if (block) token.lastIndex = endOfComment(sql, match.index);
    if (comment !== undefined || block || space) continue;
    if (end) {
      ended = true;
      continue;
    }
    if (ended) isMultiple = true;
    if (dollar) {
      const close = sql.indexOf(dollar, token.lastIndex);
      token.lastIndex = close < 0 ? sql.length : close + dollar.length;
    } else if (word) {
      firstWord ??= word;
      if (sessionWords.test(word)) changesSession = true;
    } else if (name !== undefined) {
      if (!names.includes(name)) names.push(name);
      text += `${sql.slice(copiedTo, match.index)}$${names.indexOf(name) + 1}`;
      copiedTo = token.lastIndex;
      moves.push({ inText: text.length, shift: copiedTo - text.length });
    }
  }
  text += sql.slice(copiedTo);
  if (sessionCommands.test(firstWord ?? "")) changesSession = true;

  return {
    text,
    names,
    isMultiple,
    changesSession,
    position: (inText) => inText + (moves.findLast((move) => move.inText < inText)?.shift ?? 0),
  };
}

/** PostgreSQL's block comments nest. */
function endOfComment(sql: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let match = mark.exec(sql); match; match = mark.exec(sql)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}

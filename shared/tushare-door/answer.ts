// Answers a request in TuShare's protocol from what is mirrored. It never calls TuShare.
import { rowCapOf } from "../catalogue/dataset.ts";
import type { Settings } from "../catalogue/settings.ts";
import type { Database } from "../ports.ts";
import { type Face, facesOf } from "./face.ts";
import { type Question, readQuestion, readRequest } from "./question.ts";
import { RefusedError, refusalText, wrongToken } from "./refusal.ts";
import { type Rows, readRows } from "./rows.ts";
import { type AskedAt, whyNotWhole } from "./whole.ts";

export type Asked = {
  readonly body: string;
  /** The interface in the path, where clients put it too. */
  readonly pathName?: string | undefined;
  /** Answers with what is there, even where rows may be missing. */
  readonly isLenient: boolean;
  /** Bytes of rows, where whoever asks can take no more: the answer is cut there, and says so. */
  readonly bytesMax?: number | undefined;
  readonly requestId: string;
  readonly now: Date;
};

export type DoorOptions = {
  readonly database: Database;
  readonly settings: Settings;
  /** Any text will do without it. */
  readonly isToken?: (token: string) => Promise<boolean>;
  /** Rows of an answer, where that is more than the interface's own cap. */
  readonly rowsMax?: number | undefined;
  readonly faces?: ReadonlyMap<string, Face>;
};

/** Text of JSON, success or refusal. @throws what the database throws */
export function makeDoor(options: DoorOptions): (asked: Asked) => Promise<string> {
  const { database, settings, isToken, rowsMax = 0, faces = facesOf() } = options;
  const door = {
    faces,
    rowCapOf: ({ spec }: Face) => Math.max(rowCapOf(spec, settings), rowsMax),
  };
  return async ({ body, pathName, isLenient, bytesMax, requestId, now }) => {
    try {
      const request = readRequest(body);
      if ((await isToken?.(request.token)) === false) throw wrongToken();
      const question = readQuestion(request, pathName, door);
      const { items, hasMore } = isLenient
        ? await readRows(database, question, bytesMax)
        : await readWhole(database, question, { now, settings }, bytesMax);
      const fields = JSON.stringify(question.fields.map(({ name }) => name));
      const head = `{"request_id":${JSON.stringify(requestId)},"code":0,"msg":""`;
      return `${head},"data":{"fields":${fields},"items":[${items}],"has_more":${hasMore},"count":-1}}`;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      return refusalText(requestId, error.refusal);
    }
  };
}

/**
 * The rows, read after they were proven: what is stored between the two is in the answer, and nothing that was proven is missing.
 * @throws RefusedError when rows may be missing
 */
async function readWhole(
  database: Database,
  question: Question,
  at: AskedAt,
  bytesMax: number | undefined,
): Promise<Rows> {
  const refused = await whyNotWhole(database, question, undefined, at);
  const rows = await readRows(database, question, bytesMax);
  if (refused === undefined) return rows;
  // An answer that is cut needs only its own part of the range to be whole.
  if (!rows.hasMore) throw refused;
  const refusedPart = await whyNotWhole(database, question, rows.oldest, at);
  if (refusedPart !== undefined) throw refusedPart;
  return await readRows(database, question, bytesMax);
}

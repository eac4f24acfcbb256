/** Every message of a language by its path; one with arguments is called with `<0>`, `<1>`… in their places. */
export function flatMessages(messages: object, path = ""): Map<string, string> {
  return new Map(
    Object.entries(messages).flatMap(([key, value]): [string, string][] => {
      const here = `${path}${key}`;
      if (typeof value === "object") return [...flatMessages(value as object, `${here}.`)];
      if (typeof value !== "function") return [[here, String(value)]];
      const say = value as (...words: string[]) => string;
      return [[here, say(...Array.from({ length: say.length }, (_, at) => `<${at}>`))]];
    }),
  );
}

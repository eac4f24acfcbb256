// Why an input is refused, as data. A door is where the input came from (command line, JSON, form). It turns the refusal
// into a sentence with the names its user knows: an option, a field, a label.
import { say } from "./say.ts";

export type Refusal =
  | {
      readonly why: "value";
      readonly field: string;
      /** Where in the field, as in codes.1. */
      readonly path: string;
      readonly value: unknown;
      readonly allowed: string;
      readonly suggestion?: string | undefined;
    }
  | {
      readonly why: "unknown";
      readonly field: string;
      readonly known: readonly string[];
      readonly suggestion?: string | undefined;
    }
  | {
      /** The job does not use this option. */
      readonly why: "not taken";
      readonly field: string;
      readonly value: unknown;
      readonly job: string;
      readonly taken: readonly string[];
    }
  | { readonly why: "beside"; readonly field: string; readonly value: unknown; readonly other: string }
  | { readonly why: "both"; readonly fields: readonly [Given, Given] }
  | { readonly why: "order"; readonly fields: readonly [Given, Given] }
  | { readonly why: "no command"; readonly value: unknown; readonly fields: readonly string[] };

type Given = { readonly field: string; readonly value: string | number };

export type Door = {
  /** What the user calls a field. */
  name(field: string, path: string): string;
  show(value: unknown): string;
  /** What a field may hold, where this door accepts another format. */
  readonly allowed?: Readonly<Record<string, string>>;
};

const shownCharactersMax = 200;

/** A field of JSON, as the API and `aws lambda invoke` take it. */
export const jsonDoor: Door = {
  name: (_, path) => path,
  show: (value) => (JSON.stringify(value) ?? say("missing")).slice(0, shownCharactersMax),
};

/** An option of a command line. */
export const optionDoor: Door = {
  name: (field) =>
    `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll("_", "-")}`,
  show: (value) => `'${String(value).slice(0, shownCharactersMax)}'`,
  allowed: {
    from: say("allowedDayAs", { example: "20240131", otherExample: "2024-01-31" }),
    to: say("allowedDayAs", { example: "20240131", otherExample: "2024-01-31" }),
    codes: say("allowedCodesText", { example: "600519.SH,000001.SZ" }),
  },
};

/** One sentence, in English; translate.ts translates it. */
export function sayRefusal(refusal: Refusal, door: Door): string {
  switch (refusal.why) {
    case "value":
      return sayValue(refusal, door);
    case "unknown": {
      const field = door.name(refusal.field, refusal.field).slice(0, shownCharactersMax);
      const sentence = say("unknownField", { field, known: refusal.known.join(", ") });
      return withSuggestion(sentence, refusal.suggestion);
    }
    case "not taken": {
      const taken = refusal.taken.map((field) => door.name(field, field)).join(", ");
      return say("notTaken", { field: door.name(refusal.field, refusal.field), job: refusal.job, taken });
    }
    case "beside":
      return say("notBeside", {
        field: door.name(refusal.field, refusal.field),
        value: door.show(refusal.value),
        other: door.name(refusal.other, refusal.other),
      });
    case "both": {
      const [one, other] = refusal.fields;
      return say("eitherOf", {
        one: door.name(one.field, one.field),
        oneValue: one.value,
        other: door.name(other.field, other.field),
        otherValue: other.value,
      });
    }
    case "order": {
      const [from, to] = refusal.fields;
      return say("dayAfter", {
        from: door.name(from.field, from.field),
        first: from.value,
        to: door.name(to.field, to.field),
        last: to.value,
      });
    }
    case "no command":
      return say("notACommand", { value: door.show(refusal.value), fields: refusal.fields.join(", ") });
  }
}

function sayValue(
  { field, path, value, allowed, suggestion }: Extract<Refusal, { why: "value" }>,
  door: Door,
): string {
  const named = { field: door.name(field, path), value: door.show(value) };
  return withSuggestion(say("valueIs", { ...named, allowed: door.allowed?.[field] ?? allowed }), suggestion);
}

function withSuggestion(sentence: string, suggestion: string | undefined): string {
  return suggestion === undefined ? sentence : `${sentence}; ${say("didYouMean", { suggestion })}`;
}

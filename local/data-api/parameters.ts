// Binds the parameters of a Data API call as the service does: the JSON field of a value decides its type. A
// stringValue is a varchar, so a jsonb column without a cast or type hint refuses it here as on AWS.
import { DataApiError } from "./errors.ts";

export interface SqlParameter {
  readonly name?: string;
  readonly typeHint?: string;
  readonly value?: {
    readonly isNull?: boolean;
    readonly stringValue?: string;
    readonly longValue?: number;
    readonly doubleValue?: number | string;
    readonly booleanValue?: boolean;
    readonly blobValue?: string;
    readonly arrayValue?: unknown;
  };
}

export interface BoundValues {
  /** PostgreSQL's type ids for $1, $2 …; 0 lets the server choose. */
  readonly types: number[];
  readonly values: (string | Buffer | null)[];
}

const typeIds = { boolean: 16, bytea: 17, bigint: 20, double: 701, varchar: 1043, unknown: 0 } as const;

// https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_SqlParameter.html
const hints: Readonly<Record<string, { typeId: number; form?: RegExp; expected?: string }>> = {
  DATE: { typeId: 1082, form: /^\d{4}-\d{2}-\d{2}$/, expected: "YYYY-MM-DD" },
  TIME: { typeId: 1083, form: /^\d{2}:\d{2}:\d{2}(\.\d+)?$/, expected: "HH:MM:SS[.FFF]" },
  TIMESTAMP: {
    typeId: 1114,
    form: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$/,
    expected: "YYYY-MM-DD HH:MM:SS[.FFF]",
  },
  DECIMAL: { typeId: 1700 },
  JSON: { typeId: 114 },
  UUID: { typeId: 2950 },
};

/** The values for the names a statement uses. Unused parameters are ignored; a missing one is an error. */
export function bindParameters(
  names: readonly string[],
  parameters: readonly SqlParameter[] = [],
): BoundValues {
  const given = new Map(parameters.map((parameter) => [parameter.name ?? "", parameter]));
  const types: number[] = [];
  const values: (string | Buffer | null)[] = [];
  for (const parameter of parameters) refuseArray(parameter);
  for (const name of names) {
    const parameter = given.get(name);
    if (!parameter) throw new DataApiError("BadRequestException", `Cannot find parameter: ${name}`);
    const [typeId, value] = bindValue(parameter);
    types.push(typeId);
    values.push(value);
  }
  return { types, values };
}

function bindValue({
  name,
  typeHint,
  value = {},
}: SqlParameter): [typeId: number, value: string | Buffer | null] {
  const hint = typeHint === undefined ? undefined : hints[typeHint];
  if (typeHint !== undefined && !hint) {
    const allowed = Object.keys(hints).join(", ");
    const text = `1 validation error detected: Value '${typeHint}' at 'typeHint' failed to satisfy constraint: Member must satisfy enum value set: [${allowed}]`;
    throw new DataApiError("ValidationException", text);
  }
  if (value.isNull) return [hint?.typeId ?? typeIds.unknown, null];
  if (value.stringValue !== undefined) {
    if (hint?.form && !hint.form.test(value.stringValue)) {
      const text = `Parameter ${name}: a ${typeHint} is written ${hint.expected}, and '${value.stringValue.slice(0, 40)}' is not`;
      throw new DataApiError("BadRequestException", text);
    }
    return [hint?.typeId ?? typeIds.varchar, value.stringValue];
  }
  if (value.longValue !== undefined) return [typeIds.bigint, String(value.longValue)];
  if (value.doubleValue !== undefined) return [typeIds.double, String(value.doubleValue)];
  if (value.booleanValue !== undefined) return [typeIds.boolean, String(value.booleanValue)];
  if (value.blobValue !== undefined) return [typeIds.bytea, Buffer.from(value.blobValue, "base64")];
  throw new DataApiError("BadRequestException", `Parameter ${name} has no value`);
}

function refuseArray({ value }: SqlParameter): void {
  if (value?.arrayValue === undefined) return;
  throw new DataApiError("ValidationException", "Array parameters are not supported.");
}

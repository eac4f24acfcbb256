// AWS's old Query protocol: a form in, XML out. CloudFormation and STS speak it, and older clients of CloudWatch.
import { randomUUID } from "node:crypto";
import type { AwsRequest, AwsResponse } from "./endpoint.ts";

export type Xml = string | readonly Xml[] | { readonly [name: string]: Xml };

/** The action that a form asks for; empty for other requests. */
export function actionOf(request: AwsRequest): string {
  const isForm = String(request.headers["content-type"]).startsWith("application/x-www-form-urlencoded");
  return request.method === "POST" && isForm ? (formOf(request).get("Action") ?? "") : "";
}

export function formOf({ body }: AwsRequest): URLSearchParams {
  return new URLSearchParams(body.toString("utf8"));
}

/** The structure that the names of a form spell: `A.member.1.B=x` is `{ A: [{ B: "x" }] }`. */
export function structureOf(form: URLSearchParams): Record<string, unknown> {
  const structure = empty();
  for (const [name, value] of form) {
    const path = name.split(".").filter((part) => part !== "member");
    let branch = structure;
    for (const part of path.slice(0, -1)) {
      const held = branch[part];
      const inner = typeof held === "object" ? held : empty();
      branch[part] = inner;
      branch = inner;
    }
    branch[path.at(-1) ?? ""] = value;
  }
  return asLists(structure) as Record<string, unknown>;
}

type Branch = { [name: string]: string | Branch };

const empty = () => Object.create(null) as Branch;

/** Numbered parts are a list, in the order of their numbers. */
function asLists(branch: string | Branch): unknown {
  if (typeof branch === "string") return branch;
  const entries = Object.entries(branch);
  if (entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name))) {
    return entries.toSorted(([one], [other]) => Number(one) - Number(other)).map(([, part]) => asLists(part));
  }
  return Object.fromEntries(entries.map(([name, part]) => [name, asLists(part)]));
}

export function answerForm(action: string, result: Xml): AwsResponse {
  const body = encode({
    [`${action}Response`]: {
      [`${action}Result`]: result,
      ResponseMetadata: { RequestId: randomUUID() },
    },
  });
  return { status: 200, headers: { "content-type": "text/xml" }, body };
}

function encode(value: Xml): string {
  if (typeof value === "string")
    return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  if (isList(value)) return value.map((member) => `<member>${encode(member)}</member>`).join("");
  return Object.entries(value)
    .map(([name, inner]) => `<${name}>${encode(inner)}</${name}>`)
    .join("");
}

function isList(value: Exclude<Xml, string>): value is readonly Xml[] {
  return Array.isArray(value);
}

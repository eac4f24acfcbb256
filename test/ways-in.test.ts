// Which ways into a stack there are: a deployed one lacks an address of its database, and a token has to be made first.
import { expect, test } from "vitest";
import { en } from "../cli/messages/en.ts";
import type { Target } from "../cli/target.ts";
import { addressesOf, waysIn } from "../cli/ways-in.ts";

const deployed: Target = {
  ...{
    stack: "Prod",
    name: "Prod",
    upstreamUrl: undefined,
    apiUrl: "https://x.execute-api.eu-west-1.amazonaws.com/",
  },
  clients: { region: "eu-west-1" },
  outputs: {
    DatabaseArn: "arn:aws:rds:eu-west-1:1:cluster:a",
    DatabaseReaderSecretArn: "arn:aws:secretsmanager:eu-west-1:1:secret:b",
    DatabaseName: "tushare",
  },
  origin: { kind: "tushare", identity: "" },
  ways: {},
};
const textOf = (target: Target) =>
  waysIn(target, " --stack Prod", en)
    .flatMap(({ title, note = "", lines }) => [title, note, ...lines])
    .join("\n");

test("a deployed stack is reached by signed requests and the Data API, and says so", () => {
  expect(addressesOf(deployed)).toEqual({
    ...{ database_url: null, tushare_url: null, page_url: null },
    api_url: "https://x.execute-api.eu-west-1.amazonaws.com",
  });
  expect(waysIn(deployed, "", en).map(({ tool }) => tool)).toEqual(["shell", "shell", "duckdb"]);
  const text = textOf(deployed);
  expect(text).toContain("has no address outside its network");
  expect(text).toContain("--secret-arn arn:aws:secretsmanager:eu-west-1:1:secret:b --database tushare");
  expect(text).toContain("aws:amz:eu-west-1:execute-api");
  expect(text).toContain("npx tushare-sync export stock_info --out stocks.parquet --stack Prod");
  expect(text).not.toMatch(/curl -s "|undefined/); // nothing unsigned
});

test("where it speaks TuShare's protocol, the lines have a place for a token and say where it comes from", () => {
  const text = textOf({ ...deployed, ways: { tushareUrl: "https://x.amazonaws.com/tushare" } });
  expect(text).toContain(
    'pro = ts.pro_api("TOKEN")\npro._DataApi__http_url = "https://x.amazonaws.com/tushare"',
  );
  expect(text).toContain("tushare-sync endpoint-token add NAME --stack Prod");
});

test("a database with a password is shown without it, and that it asks", () => {
  const ways = { databaseUrl: "postgres://me@db.example.com:5432/mirror", asksPassword: true };
  const text = textOf({ ...deployed, stack: undefined, ways });
  expect(text).toContain("psql postgresql://me@db.example.com:5432/mirror -c");
  expect(text).toContain("asks for the password");
});

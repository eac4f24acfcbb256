// Every way into a stack, with lines to copy that work as they stand. Pure.
import { pythonLines } from "../local/tushare-door/python-lines.ts";
import type { Messages } from "./messages/en.ts";
import type { Target } from "./target.ts";

/** The tool that the lines are for: each is run by a test, where it is installed. */
export type Tool =
  | "browser"
  | "tushare"
  | "python"
  | "shell"
  | "psql"
  | "pandas"
  | "dbeaver"
  | "grafana"
  | "duckdb";

export type WayIn = {
  readonly tool: Tool;
  readonly title: string;
  /** What is to be known before, if anything. */
  readonly note?: string;
  readonly lines: readonly string[];
};

/** The addresses, null where there is none. */
export type Addresses = {
  readonly database_url: string | null;
  readonly tushare_url: string | null;
  readonly api_url: string | null;
  readonly page_url: string | null;
};

export function addressesOf({ ways, apiUrl }: Target): Addresses {
  return {
    database_url: ways.databaseUrl?.replace(/^postgres:/, "postgresql:") ?? null, // as SQLAlchemy wants it, too
    tushare_url: ways.tushareUrl ?? null,
    api_url: apiUrl.replace(/\/$/, ""),
    page_url: ways.pageUrl ?? null,
  };
}

const someStocks = "select ts_code, name, list_date from stock_info order by ts_code limit 5";

/** @param options which stack a command of ours is for */
export function waysIn(target: Target, options: string, t: Messages): WayIn[] {
  const { database_url, tushare_url, api_url, page_url } = addressesOf(target);
  return [
    ...(page_url === null ? [] : [{ tool: "browser", title: t.connect.page, lines: [page_url] } as const]),
    ...(tushare_url === null ? [] : tushareProtocol(tushare_url, target, t)),
    ...(database_url === null ? dataApi(target, options, t) : postgres(database_url, target, t)),
    ...(api_url === null ? [] : httpApi(api_url, target, t)),
    {
      tool: "duckdb",
      title: t.connect.parquet,
      lines: [
        `npx tushare-sync export stock_info --out stocks.parquet${options}`,
        `duckdb -c "select exchange, count(*) from 'stocks.parquet' group by exchange"`,
      ],
    },
  ];
}

function tushareProtocol(url: string, { stack }: Target, t: Messages): WayIn[] {
  const token = stack === undefined ? "any" : "TOKEN";
  const note = stack === undefined ? t.connect.anyToken : t.connect.ownToken(stack);
  const question = { api_name: "stock_basic", token, params: { limit: 5 }, fields: "ts_code,name,list_date" };
  return [
    {
      ...{ tool: "tushare", title: t.connect.tushare, note },
      lines: ["import tushare as ts", ...pythonLines(url, token), "print(pro.stock_basic(limit=5))"],
    },
    {
      ...{ tool: "python", title: t.connect.python, note },
      lines: [
        "import json, urllib.request",
        `question = ${JSON.stringify(question)}`,
        `answer = urllib.request.urlopen("${url}", json.dumps(question).encode())`,
        'print(json.load(answer)["data"]["items"])',
      ],
    },
    {
      ...{ tool: "shell", title: t.connect.curlTushare, note },
      lines: [`curl -s ${url} -d '${JSON.stringify(question)}'`],
    },
  ];
}

function postgres(url: string, { ways }: Target, t: Messages): WayIn[] {
  const { username, hostname, port, pathname, host } = new URL(url);
  const database = pathname.slice(1);
  const note = ways.asksPassword === true ? t.connect.withPassword : t.connect.readsOnly;
  return [
    { tool: "psql", title: "PostgreSQL: psql", note, lines: [`psql ${url} -c "${someStocks}"`] },
    {
      ...{ tool: "pandas", title: "PostgreSQL: pandas, SQLAlchemy" },
      lines: [
        "import pandas as pd, sqlalchemy",
        `engine = sqlalchemy.create_engine("${url}")`,
        `print(pd.read_sql("${someStocks}", engine))`,
      ],
    },
    {
      ...{ tool: "dbeaver", title: "PostgreSQL: DBeaver", note: t.connect.dbeaver },
      lines: [`jdbc:postgresql://${hostname}:${port}/${database}?user=${username}&sslmode=disable`],
    },
    {
      ...{ tool: "grafana", title: "PostgreSQL: Grafana", note: t.connect.grafana },
      lines: [
        "apiVersion: 1",
        "datasources:",
        "  - name: tushare-sync",
        "    type: postgres",
        `    url: ${host}`,
        `    user: ${username}`,
        `    jsonData: { database: ${database}, sslmode: disable }`,
      ],
    },
  ];
}

/** A deployed database has no address that a client could reach. */
function dataApi({ outputs, clients }: Target, options: string, t: Messages): WayIn[] {
  const { DatabaseArn, DatabaseReaderSecretArn, DatabaseName } = outputs;
  const ofStack = [
    `--resource-arn ${DatabaseArn}`,
    `--secret-arn ${DatabaseReaderSecretArn}`,
    `--database ${DatabaseName}`,
    `--region ${clients.region}`,
  ];
  return [
    {
      ...{ tool: "shell", title: t.connect.dataApi, note: t.connect.dataApiOnly },
      lines: [
        `npx tushare-sync query "${someStocks}"${options}`,
        `aws rds-data execute-statement ${ofStack.join(" ")} --sql "${someStocks}"`,
      ],
    },
  ];
}

function httpApi(url: string, { stack, clients }: Target, t: Messages): WayIn[] {
  const path = `"${url}/api/instruments?limit=5"`;
  const unsigned: WayIn = {
    ...{ tool: "shell", title: t.connect.http, note: t.connect.httpDocs(`${url}/docs`) },
    lines: [`curl -s ${path}`],
  };
  const signed: WayIn = {
    ...{ tool: "shell", title: t.connect.signedHttp },
    note: stack === undefined ? t.connect.signedHere : t.connect.signedOnly,
    lines: [
      `curl -s --aws-sigv4 "aws:amz:${clients.region}:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\`,
      `  -H "x-amz-security-token: $AWS_SESSION_TOKEN" ${path}`,
    ],
  };
  return stack === undefined ? [unsigned, signed] : [signed];
}

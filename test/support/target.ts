// The target of commands that read the database of this process through its Data API.
import type { Target } from "../../cli/target.ts";
import type { Origin } from "../../shared/catalogue/origin.ts";

export function testTarget(origin: Origin): Target {
  return {
    stack: undefined,
    name: "test",
    clients: {
      region: "us-east-1",
      endpoint: process.env.AWS_ENDPOINT_URL_RDS_DATA ?? "",
      credentials: { accessKeyId: "x", secretAccessKey: "x" },
    },
    outputs: {
      DatabaseArn: "arn:aws:rds:us-east-1:0:cluster:x",
      DatabaseReaderSecretArn: "arn:x",
      DatabaseName: "tushare",
    },
    origin,
    upstreamUrl: undefined,
    ways: {},
    apiUrl: "http://127.0.0.1:1",
  };
}

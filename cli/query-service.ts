// AWS services that the command line asks rarely, without their SDK clients: signed with the usual credentials.
import { LambdaClient } from "@aws-sdk/client-lambda";
import { makeQueryApi, type QueryApi, type QueryService } from "../shared/adapters/query-api.ts";
import type { ClientConfig } from "./target.ts";

/** The SDK's variable for another address of a service, which a test or a proxy sets. */
const addressVariables: Readonly<Record<QueryService, string>> = {
  cloudformation: "AWS_ENDPOINT_URL_CLOUDFORMATION",
  ec2: "AWS_ENDPOINT_URL_EC2",
  rds: "AWS_ENDPOINT_URL_RDS",
  monitoring: "AWS_ENDPOINT_URL_CLOUDWATCH",
  sns: "AWS_ENDPOINT_URL_SNS",
};

/** Credentials and region are looked for at each call. */
export function queryService(service: QueryService, clients: ClientConfig): QueryApi {
  return async (action, parameters) => {
    const { config } = new LambdaClient(clients);
    const [region, credentials] = await Promise.all([config.region(), config.credentials()]);
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const address =
      clients.endpoint ??
      process.env[addressVariables[service]] ??
      process.env.AWS_ENDPOINT_URL ??
      `https://${service}.${region}.amazonaws.com`;
    const account = { region, accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
    return await makeQueryApi(service, address, account)(action, parameters);
  };
}

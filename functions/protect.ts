// The last resource of a deployment: switches the database's deletion protection on, or off when the data should be deleted.
// Set in the template, it would block the rollback of a first deployment (docs/decisions.md).
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import { protectCluster } from "../shared/adapters/query-api.ts";
import { type ResourceEvent, respond } from "./custom-resource.ts";
import { clock, logger, queryApi } from "./services.ts";

const rds = queryApi("rds");

export const handler = middy<ResourceEvent, void>()
  .use(injectLambdaContext(logger))
  .handler(async (event) => {
    await respond(event, async () => {
      const cluster = String(event.ResourceProperties.Cluster);
      await protectCluster({ rds, clock }, cluster, event.ResourceProperties.IsProtected === "true");
      return { id: `protection of ${cluster}` };
    });
  });

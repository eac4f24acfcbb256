// A resource of the template: in which zone the way out is, and from which image its machine is made.
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import { newestImage, zonesWith } from "../shared/adapters/query-api.ts";
import { SyncError } from "../shared/errors.ts";
import { say } from "../shared/words/say.ts";
import { type Made, type ResourceEvent, respond } from "./custom-resource.ts";
import { logger, queryApi } from "./services.ts";

export const handler = middy<ResourceEvent, void>()
  .use(injectLambdaContext(logger))
  .handler(async (event) => {
    await respond(event, () => choose(event));
  });

/** The zone of the deployment before, which its networks are in, as long as it has such machines. */
async function choose(event: ResourceEvent): Promise<Made> {
  const { InstanceType: type, ImageName: name, ImagesUntil: until } = event.ResourceProperties;
  const ec2 = queryApi("ec2");
  const zones = await zonesWith(ec2, String(type));
  const before = event.RequestType === "Update" ? event.PhysicalResourceId : "";
  const zone = zones.includes(before) ? before : zones[0];
  if (zone === undefined) throw new SyncError("permanent", say("egressNoZone", { type: String(type) }));
  if (until === undefined) return { id: zone, attributes: { Zone: zone } };
  const image = await newestImage(ec2, String(name), String(until));
  if (image === undefined) throw new SyncError("permanent", say("egressNoImage", { until: String(until) }));
  return { id: zone, attributes: { Zone: zone, Image: image } };
}

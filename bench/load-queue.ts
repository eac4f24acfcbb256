// The queue process of load.ts: the template's queues behind SQS's protocol, and the secrets that the functions read.
// Argument: the assembly.
import { type AwsService, startAwsEndpoint } from "../local/aws/endpoint.ts";
import { makeQueueApi } from "../local/aws/queue-api.ts";
import { makeSecrets } from "../local/aws/secrets.ts";
import { makeTemplateQueues, templateSecrets } from "../local/aws/stack-resources.ts";
import { resolveTemplate } from "../local/aws/template.ts";
import { reportMemory, tell } from "./load-process.ts";

const services: AwsService[] = [];
const { url } = await startAwsEndpoint(services);
const { resources } = resolveTemplate(String(process.argv[2]), url);
const queues = makeTemplateQueues(resources.filter(({ type }) => type === "AWS::SQS::Queue"));
const secrets = templateSecrets(resources, { PipelineTushareToken: "token-of-the-bench" });
services.push(makeQueueApi(queues, url), makeSecrets(secrets));
reportMemory();
tell({ is: "ready", url });

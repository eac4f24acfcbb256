// The picture in code, in flow order: composition only.
// schedule -> dispatcher -> work queue -> worker -> database; dead letters -> retry -> one-time schedule.

import { CfnOutput, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import manifest from "../package.json" with { type: "json" };
import { chosenOutput } from "../shared/catalogue/chosen-context.ts";
import { encodeOrigin, originOfAddress } from "../shared/catalogue/origin.ts";
import type { StackOutputs } from "../shared/catalogue/stack.ts";
import { Api } from "./api.ts";
import type { Context } from "./context.ts";
import { Dashboard } from "./dashboard.ts";
import { Database } from "./database.ts";
import { Egress } from "./egress.ts";
import { Endpoint } from "./endpoint.ts";
import { Migrations } from "./migrations.ts";
import { Monitoring } from "./monitoring.ts";
import { Pipeline } from "./pipeline.ts";
import { Protection } from "./protection.ts";
import { Schedules } from "./schedules.ts";

export class TushareSync extends Stack {
  /** `chosen` is the part of the context that the stack keeps for its next deployment. */
  constructor(scope: Construct, id: string, context: Context, chosen: Readonly<Record<string, unknown>>) {
    const about = "Mirrors China A-share data from TuShare Pro into Aurora PostgreSQL";
    super(scope, id, { description: `${about} (version ${manifest.version})` });

    const origin = encodeOrigin(originOfAddress(context.tushareUrl));
    const database = new Database(this, "Database", {
      maxCapacity: context.databaseMaxCapacity,
      keepData: context.keepData,
    });
    const migrations = new Migrations(this, "Migrations", {
      ...{ database, origin, allowsNewer: context.olderRelease },
    });
    const egress =
      context.egress === "none"
        ? undefined
        : new Egress(this, "Egress", { kind: context.egress, imagesUntil: context.egressImagesUntil });
    const pipeline = new Pipeline(this, "Pipeline", { ...context, database, egress, origin });
    const schedules = new Schedules(this, "Schedules", { ...context, dispatcher: pipeline.dispatcher });
    pipeline.oneTime.giveUpTo(schedules.missedRuns);
    const api = new Api(this, "Api", { ...context, database, origin, dispatcher: pipeline.dispatcher });
    const endpoint = context.tushareEndpoint
      ? new Endpoint(this, "Endpoint", { ...context, database, ...{ http: api.http, stage: api.stage } })
      : undefined;
    const { dispatcher, worker, retry, workQueue, deadLetterQueue } = pipeline;
    const watched = {
      functions: {
        ...{ dispatcher, worker, retry, api: api.handler },
        ...(endpoint && { endpoint: endpoint.handler }),
      },
      ...{ workQueue, deadLetters: deadLetterQueue, missedRuns: schedules.missedRuns, database },
      egressMachine: egress?.machine,
      apiId: api.http.apiId,
    };
    const monitoring = new Monitoring(this, "Monitoring", { ...context, ...watched, dispatcher });
    const dashboard = new Dashboard(this, "Dashboard", {
      ...context,
      ...watched,
      ...{ monitoring, dispatcher, origin },
    });

    // So new code never runs on the old schema, and nothing starts on an empty database.
    const users = [pipeline, schedules, api, ...(endpoint ? [endpoint] : []), monitoring, dashboard];
    migrations.executeBefore(...users);
    new Protection(this, "Protection", {
      database,
      isProtected: context.keepData,
      after: [migrations, ...(egress ? [egress] : []), ...users],
    });

    const outputs: StackOutputs & { readonly [chosenOutput]: string } = {
      ApiUrl: api.url,
      DispatcherName: pipeline.dispatcher.functionName,
      WorkerName: pipeline.worker.functionName,
      WorkQueueUrl: pipeline.workQueue.queueUrl,
      DeadLetterQueueUrl: pipeline.deadLetterQueue.queueUrl,
      DashboardName: dashboard.name,
      AlarmTopicArn: monitoring.topic.topicArn,
      MissedRunsQueueUrl: schedules.missedRuns.queueUrl,
      DatabaseArn: database.arn,
      DatabaseName: database.name,
      DatabaseSecretArn: database.secretArn,
      DatabaseReaderSecretArn: database.readerSecretArn,
      TushareTokenSecretArn: pipeline.token.secretArn,
      MirrorOrigin: origin,
      ...(endpoint && {
        TushareEndpointUrl: endpoint.url,
        EndpointTokensSecretArn: endpoint.tokens.secretArn,
      }),
      ...(egress && { EgressAddress: egress.address }),
      [chosenOutput]: JSON.stringify(chosen),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

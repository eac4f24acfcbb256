// The picture in code, in flow order: composition only.
// schedule -> dispatcher -> work queue -> worker -> database; dead letters -> retry -> one-time schedule.

import { CfnOutput, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import type { Context } from "./context.ts";
import { Database } from "./database.ts";
import { Egress } from "./egress.ts";
import { Migrations } from "./migrations.ts";
import { Pipeline } from "./pipeline.ts";
import { Schedules } from "./schedules.ts";

export class TushareSync extends Stack {
  constructor(scope: Construct, id: string, context: Context) {
    super(scope, id, { description: "Mirrors China A-share data from TuShare Pro into Aurora PostgreSQL" });

    const database = new Database(this, "Database", { maxCapacity: context.databaseMaxCapacity });
    const migrations = new Migrations(this, "Migrations", { database });
    const egress =
      context.egress === "none" ? undefined : new Egress(this, "Egress", { kind: context.egress });
    const pipeline = new Pipeline(this, "Pipeline", { ...context, database, egress });
    const schedules = new Schedules(this, "Schedules", {
      schedules: context.schedules,
      dispatcher: pipeline.dispatcher,
    });

    // New code meets only the new schema, and nothing starts on an empty database.
    migrations.executeBefore(pipeline, schedules);

    const outputs = {
      DispatcherName: pipeline.dispatcher.functionName,
      WorkQueueUrl: pipeline.workQueue.queueUrl,
      DeadLetterQueueUrl: pipeline.deadLetterQueue.queueUrl,
      MissedRunsQueueUrl: schedules.missedRuns.queueUrl,
      DatabaseArn: database.arn,
      DatabaseSecretArn: database.secretArn,
      TushareTokenSecretArn: pipeline.token.secretArn,
      ...(egress && { EgressAddress: egress.address }),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

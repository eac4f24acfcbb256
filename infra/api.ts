// The HTTP API: one function behind one catch-all route, for signed callers only. shared/api/ has its routes.

import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import { HttpApi, HttpStage, LogGroupLogDestination } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { type Context, type SettingKey, settingsIn } from "./context.ts";
import type { Database } from "./database.ts";
import { logRetention, NodeFunction } from "./node-function.ts";
import { allow } from "./rights.ts";

/**
 * Just under API Gateway's limit of 30 seconds, after which the caller gets an error without a reason
 * (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html).
 */
const timeout = Duration.seconds(29);

/**
 * Requests a second, sustained and burst: far above the use of people and notebooks, far below the database's capacity.
 */
const requestsASecond = 50;
const requestsAtOnce = 100;

export type ApiProps = Pick<Context, "settings" | SettingKey> & {
  readonly database: Database;
  readonly origin: string;
  readonly dispatcher: NodeFunction;
};

export class Api extends Construct {
  readonly url: string;
  readonly handler: NodeFunction;
  /** For metrics and alarms. */
  readonly http: HttpApi;
  readonly stage: HttpStage;

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);

    this.handler = new NodeFunction(this, "Handler", {
      entry: "api",
      description: "Answers the HTTP API: jobs, tasks, failures and the mirrored data",
      timeout,
      memoryMiB: 512,
      environment: {
        ...props.settings,
        ...settingsIn(props),
        DISPATCHER_NAME: props.dispatcher.functionName,
        MIRROR_ORIGIN: props.origin,
      },
    });
    props.database.connect(this.handler);
    props.database.connectReader(this.handler);
    allow(this.handler.role, ["lambda:InvokeFunction"], props.dispatcher.functionArn);

    this.http = new HttpApi(this, "Http", {
      apiName: Stack.of(this).stackName,
      description: "Jobs, tasks, failures and the data that tushare-sync mirrors",
      createDefaultStage: false,
      defaultAuthorizer: new HttpIamAuthorizer(),
      defaultIntegration: new HttpLambdaIntegration("Function", this.handler),
    });
    this.stage = new HttpStage(this, "Stage", {
      httpApi: this.http,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit: requestsASecond, burstLimit: requestsAtOnce },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, "AccessLogs", { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY }),
        ),
        format: AccessLogFormat.custom(JSON.stringify(accessLog)),
      },
    });
    this.url = this.http.apiEndpoint;
  }
}

/** Caller, request and result. Nothing from a request's body. */
const accessLog = {
  time: "$context.requestTime",
  requestId: "$context.requestId",
  caller: "$context.identity.userArn",
  method: "$context.httpMethod",
  path: "$context.path",
  status: "$context.status",
  bytes: "$context.responseLength",
  milliseconds: "$context.responseLatency",
  error: "$context.integrationErrorMessage",
};

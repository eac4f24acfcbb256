// The mirror in TuShare's protocol, where it is chosen: a route of the HTTP API for callers without AWS credentials, with
// tokens of its own, and a function that only reads.
import {
  CfnStage,
  type HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  type HttpStage,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Duration, SecretValue, Validations } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { endpointPath } from "../shared/catalogue/stack.ts";
import type { Context } from "./context.ts";
import type { Database } from "./database.ts";
import { NodeFunction } from "./node-function.ts";
import { allow } from "./rights.ts";

/** As for the rest of the API: just under API Gateway's limit of 30 seconds. */
const timeout = Duration.seconds(29);

/** Questions a second, sustained and burst: far above a notebook's, and what a flood of wrong tokens is cut down to. */
const questionsASecond = 25;
const questionsAtOnce = 50;

export type EndpointProps = Pick<Context, "settings"> & {
  readonly database: Database;
  readonly http: HttpApi;
  readonly stage: HttpStage;
};

export class Endpoint extends Construct {
  readonly url: string;
  readonly handler: NodeFunction;
  readonly tokens: Secret;

  constructor(scope: Construct, id: string, props: EndpointProps) {
    super(scope, id);
    this.tokens = tokensSecret(this);
    this.handler = new NodeFunction(this, "Handler", {
      entry: "tushare-endpoint",
      description: "Answers questions in TuShare's protocol from what is mirrored",
      timeout,
      memoryMiB: 512,
      environment: { ...props.settings, ENDPOINT_TOKENS_SECRET_ARN: this.tokens.secretArn },
    });
    props.database.connectReader(this.handler);
    allow(this.handler.role, ["secretsmanager:GetSecretValue"], this.tokens.secretArn);

    const integration = new HttpLambdaIntegration("Endpoint", this.handler);
    const authorizer = new HttpNoneAuthorizer();
    const routes = [endpointPath, `${endpointPath}/{proxy+}`].flatMap((path) =>
      props.http.addRoutes({ path, methods: [HttpMethod.POST], integration, authorizer }),
    );
    for (const route of routes) {
      Validations.of(route).acknowledge({
        id: "AwsSolutions::AwsSolutions-APIG4",
        reason: "TuShare's clients cannot sign; the function checks a token of its own before anything else.",
      });
    }
    this.url = `${props.http.apiEndpoint}${endpointPath}`;

    const stage = props.stage.node.defaultChild;
    if (!(stage instanceof CfnStage)) throw new Error("a stage always has its resource");
    // Any JSON to the library, so its names are CloudFormation's own.
    const limits = { ThrottlingRateLimit: questionsASecond, ThrottlingBurstLimit: questionsAtOnce };
    stage.routeSettings = {
      [`POST ${endpointPath}`]: limits,
      [`POST ${endpointPath}/{proxy+}`]: limits,
    };
    props.stage.node.addDependency(...routes); // a stage refuses settings of a route that is not there yet
  }
}

/** CloudFormation sets this text once; a change of it would take every token away. */
function tokensSecret(scope: Construct): Secret {
  const secret = new Secret(scope, "Tokens", {
    description:
      "Hashes of the tokens for TuShare's protocol, by name; tushare-sync endpoint-token changes it",
    secretStringValue: SecretValue.unsafePlainText("{}"),
  });
  Validations.of(secret).acknowledge({
    id: "AwsSolutions::AwsSolutions-SMG4",
    reason: "It holds hashes of tokens that people made by name, who add and revoke them one by one.",
  });
  return secret;
}

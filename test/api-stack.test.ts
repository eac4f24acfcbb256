// What the template promises of the HTTP API: signed callers only, one function with few rights, a log of who asked.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { afterAll, expect, test } from "vitest";
import { makeApp } from "../infra/app.ts";
import { functionNamed, statements, target, text } from "./support/template.ts";

const scratch = mkdtempSync(join(tmpdir(), "api-stack-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const settings = JSON.stringify({ SYNC_DAILY_HISTORY_BATCH_SIZE: "7" });
const assembly = makeApp({
  context: { "aws:cdk:bundling-stacks": [], settings },
  outdir: scratch,
}).synth();
const template = Template.fromJSON(assembly.stacks[0]?.template);
const handler = functionNamed(template, "ApiHandler");
type Resource = ReturnType<Template["findResources"]>[string];
/** The one resource of a type. */
const the = (type: string): Resource & { id: string } => {
  const [found, ...others] = Object.entries(template.findResources(type));
  if (found === undefined || others.length > 0) throw new Error(`expected one ${type}`);
  const [id, resource] = found;
  return Object.assign({ id }, resource);
};

test("every route requires a signed request", () => {
  const routes = Object.values(template.findResources("AWS::ApiGatewayV2::Route"));
  expect(routes.length).toBeGreaterThan(0);
  for (const { Properties } of routes) expect(Properties.AuthorizationType).toBe("AWS_IAM");
});

test("every path leads to the one function, in payload format 2.0", () => {
  expect(the("AWS::ApiGatewayV2::Route").Properties.RouteKey).toBe("$default");
  const { Properties: integration } = the("AWS::ApiGatewayV2::Integration");
  expect(integration).toMatchObject({ IntegrationType: "AWS_PROXY", PayloadFormatVersion: "2.0" });
  expect(text(integration.IntegrationUri)).toBe(`<${handler.id}.Arn>`);
});

test("the function times out before API Gateway does, after 30 seconds", () => {
  expect(handler.properties.Timeout).toBeLessThan(30);
});

test("the stage throttles, and logs who requested what, but no request body", () => {
  const { Properties: stage } = the("AWS::ApiGatewayV2::Stage");
  expect(stage.StageName).toBe("$default");
  expect(stage.DefaultRouteSettings).toEqual({
    ThrottlingRateLimit: expect.any(Number),
    ThrottlingBurstLimit: expect.any(Number),
  });
  expect(target(template, stage.AccessLogSettings.DestinationArn).RetentionInDays).toBeGreaterThan(0);
  const logged = JSON.parse(stage.AccessLogSettings.Format);
  expect(Object.values(logged)).toContain("$context.identity.userArn");
  for (const value of Object.values(logged)) expect(value).not.toMatch(/body|authorization/i);
});

test("the function may use the database, start the dispatcher and write its log, nothing else", () => {
  const role = text(handler.properties.Role).slice(1).split(".")[0] ?? "";
  const granted = statements(template).filter((statement) => statement.role === role);
  expect(granted.flatMap(({ actions }) => actions).sort()).toEqual([
    "lambda:InvokeFunction",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "rds-data:ExecuteStatement",
    "secretsmanager:GetSecretValue", // of the owner, for changes, and of the reader
  ]);
  const dispatcher = functionNamed(template, "PipelineDispatcher");
  const invokes = granted.find(({ actions }) => actions.includes("lambda:InvokeFunction"));
  expect(invokes?.resources).toEqual([`<${dispatcher.id}.Arn>`]);
});

test("the function gets the database, the dispatcher and the settings that a plan needs from its environment", () => {
  const { Variables: variables } = handler.properties.Environment;
  for (const name of [
    "DATABASE_RESOURCE_ARN",
    "DATABASE_SECRET_ARN",
    "DATABASE_READER_SECRET_ARN",
    "DATABASE_NAME",
  ]) {
    expect(variables[name]).toBeDefined();
  }
  expect(text(variables.DISPATCHER_NAME)).toBe(`<${functionNamed(template, "PipelineDispatcher").id}>`);
  expect(variables.SYNC_DAILY_HISTORY_BATCH_SIZE).toBe("7");
});

test("only API Gateway may call the function, for this API alone", () => {
  const permissions = Object.values(template.findResources("AWS::Lambda::Permission"));
  const ours = permissions.filter(({ Properties }) => text(Properties.FunctionName).includes(handler.id));
  expect(ours).toHaveLength(1);
  expect(ours[0]?.Properties.Principal).toBe("apigateway.amazonaws.com");
  expect(text(ours[0]?.Properties.SourceArn)).toContain(`<${the("AWS::ApiGatewayV2::Api").id}>`);
});

test("the schema is created before the API, and the API's address is an output", () => {
  const [schema] = Object.keys(template.findResources("Custom::SchemaMigrations"));
  for (const type of ["AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Stage"]) {
    expect(the(type).DependsOn).toContain(schema);
  }
  expect(text(template.toJSON().Outputs.ApiUrl.Value)).toBe(
    `<${the("AWS::ApiGatewayV2::Api").id}.ApiEndpoint>`,
  );
});

// The local stack keeps what Lambda guarantees to a function and its callers.
import { afterEach, expect, test } from "vitest";
import { aFunction, aMapping, aQueue, getAtt } from "./support/assembly.ts";
import { gatedHandler, openGate } from "./support/gate.ts";
import { cleanUp, cleanUpAll, handler, invokeOver, nowhere, only, start } from "./support/local-stack.ts";
import { manualClock } from "./support/manual-clock.ts";
import { until } from "./support/until.ts";

afterEach(cleanUpAll);

test("a function runs its own bundle with the template's variables, in an environment of its own", async () => {
  process.env.OF_THE_HOST = "secret";
  const { stack } = await start(
    {
      resources: {
        Main: aFunction({
          MemorySize: 256,
          Environment: {
            Variables: {
              QUEUE_URL: { Ref: "Work" },
              QUEUE_ARN: getAtt("Work"),
              TUSHARE_URL: "https://api.tushare.pro",
            },
          },
        }),
        Work: aQueue(),
      },
      code: {
        Main: handler(
          "return { env: process.env, event, left: context.getRemainingTimeInMillis(), context };",
        ),
      },
    },
    { overrides: { TUSHARE_URL: "http://127.0.0.1:4000", ELSEWHERE: "not in the template" } },
  );
  const { payload } = await stack.invoke(stack.functionName("Main"), { job: "REFERENCE" });
  expect(payload).toMatchObject({
    event: { job: "REFERENCE" },
    env: {
      QUEUE_URL: `${stack.endpoint}/000000000000/test-Work`,
      QUEUE_ARN: "arn:aws:sqs:us-east-1:000000000000:test-Work",
      TUSHARE_URL: "http://127.0.0.1:4000",
      AWS_REGION: "us-east-1",
      AWS_LAMBDA_FUNCTION_NAME: "test-Main",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_ENDPOINT_URL_RDS_DATA: nowhere.rdsData,
      AWS_ENDPOINT_URL_SQS: stack.endpoint,
    },
    context: {
      functionName: "test-Main",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:test-Main",
    },
  });
  const { env, left } = payload as { env: Record<string, string>; left: number };
  expect(env).not.toHaveProperty("OF_THE_HOST");
  expect(env).not.toHaveProperty("ELSEWHERE");
  expect(left).toBeGreaterThan(9000);
});

test("a warm environment is used again, and a second one is started only when the first is busy", async () => {
  const gate = await openGate();
  cleanUp(gate.close);
  const variables = { Environment: { Variables: { GATE: gate.url } } };
  const { stack } = await only(
    handler(`if (event.wait) await fetch(process.env.GATE + "/" + event.wait); return calls;`),
    variables,
  );
  expect((await stack.invoke("test-Main", {})).payload).toBe(1);
  const waiting = stack.invoke("test-Main", { wait: "first" });
  await until(() => gate.waiting().length === 1);
  expect((await stack.invoke("test-Main", {})).payload).toBe(1);
  await gate.release("first");
  expect((await waiting).payload).toBe(2);
  expect((await stack.invoke("test-Main", {})).payload).toBe(3);
});

test("one invocation more than the reserved concurrency is refused with 429", async () => {
  const gate = await openGate();
  cleanUp(gate.close);
  const { stack } = await only(gatedHandler("calls"), {
    ReservedConcurrentExecutions: 1,
    Environment: { Variables: { GATE: gate.url } },
  });
  const first = stack.invoke("test-Main", { body: "held" });
  await until(() => gate.waiting().length === 1);
  const second = await invokeOver(stack.endpoint, "test-Main", {});
  expect(second.status).toBe(429);
  expect(second.headers.get("x-amzn-errortype")).toBe("TooManyRequestsException");
  expect(await second.json()).toMatchObject({ Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" });
  await gate.release("held");
  await first;
});

test.each([
  [
    "a loop past the timeout",
    "if (event.break) for (;;);",
    { errorType: "Sandbox.Timedout", errorMessage: /Error: Task timed out after 1.00 seconds$/ },
  ],
  [
    "a promise past the timeout",
    "if (event.break) await new Promise(() => {});",
    { errorType: "Sandbox.Timedout", errorMessage: /timed out/ },
  ],
  [
    "the end of the process",
    "if (event.break) process.exit(3);",
    { errorType: "Runtime.ExitError", errorMessage: /exit status 3/ },
  ],
  [
    "an unhandled rejection",
    'if (event.break) { Promise.reject(new Error("lost")); await new Promise(() => {}); }',
    { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: /Error: lost/ },
  ],
  [
    "more memory than it has",
    "if (event.break) { const kept = []; for (;;) kept.push(new Array(100_000).fill(calls)); }",
    { errorType: "Runtime.OutOfMemory", errorMessage: /signal: killed/ },
  ],
  [
    "more buffers than it has",
    "if (event.break) { const kept = []; for (;;) kept.push(Buffer.alloc(1_000_000, 1)); }",
    { errorType: "Runtime.OutOfMemory", errorMessage: /signal: killed/ },
  ],
])("%s ends the environment, and the next invocation gets a fresh one", async (_, statement, error) => {
  const Timeout = error.errorType === "Sandbox.Timedout" ? 1 : 30;
  const { stack } = await only(handler(`${statement} return calls;`), { Timeout });
  expect((await stack.invoke("test-Main", {})).payload).toBe(1);
  const broken = await stack.invoke("test-Main", { break: true });
  expect(broken.failed).toBe(true);
  expect(broken.payload).toMatchObject({
    errorType: error.errorType,
    errorMessage: expect.stringMatching(error.errorMessage),
  });
  expect(await stack.invoke("test-Main", {})).toMatchObject({ failed: false, payload: 1 });
});

test("a thrown error is answered as Lambda does, and the environment stays", async () => {
  const { stack, lines } = await only(
    handler('if (event.fail) throw new RangeError("too far"); return calls;'),
  );
  const failed = await stack.invoke("test-Main", { fail: true });
  expect(failed).toMatchObject({
    failed: true,
    payload: { errorType: "RangeError", errorMessage: "too far" },
  });
  expect((failed.payload as { trace: string[] }).trace[0]).toBe("RangeError: too far");
  expect((await stack.invoke("test-Main", {})).payload).toBe(2);
  expect(lines).toMatchObject(
    [{ function: "test-Main", requestId: failed.requestId, text: /Invoke Error.*too far/ }].map(
      ({ text, ...line }) => ({ ...line, text: expect.stringMatching(text) }),
    ),
  );
});

test.each([
  ["a module that throws", 'throw new Error("no settings");', "Error", "no settings"],
  [
    "a module that cannot be parsed",
    "export const handler = (;",
    "Runtime.UserCodeSyntaxError",
    "SyntaxError",
  ],
  [
    "a missing handler",
    "export const other = 1;",
    "Runtime.HandlerNotFound",
    "index.handler is undefined or not exported",
  ],
  [
    "a handler with a callback",
    "export const handler = (event, context, callback) => callback();",
    "Runtime.CallbackHandlerDeprecated",
    "callback",
  ],
])("%s fails the invocation with its error", async (_, code, errorType, message) => {
  const { stack } = await only(code);
  const { failed, payload } = await stack.invoke("test-Main", {});
  expect(failed).toBe(true);
  expect(payload).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) });
});

test("what a function prints comes line by line with its name and request, before its answer", async () => {
  const { stack, lines } = await only(
    `console.log("loading"); ${handler('console.log("one\\ntwo"); process.stdout.write("thr"); console.error("ee"); process.stdout.write("tail");')}`,
  );
  const { requestId } = await stack.invoke("test-Main", {});
  expect(lines).toEqual([
    { function: "test-Main", text: "loading" },
    ...["one", "two", "three", "tail"].map((text) => ({ function: "test-Main", requestId, text })),
  ]);
});

test("an event is accepted at once and retried after one and two minutes", async () => {
  const clock = manualClock("2026-11-20T00:00:00Z");
  const { stack, lines } = await only(
    handler('console.log("call " + calls); throw new Error("down");'),
    {},
    { clock },
  );
  const calls = () => lines.filter(({ text }) => text.startsWith("call ")).length;
  const response = await invokeOver(stack.endpoint, "test-Main", {}, { "x-amz-invocation-type": "Event" });
  expect(response.status).toBe(202);
  await until(() => calls() === 1 && clock.isAwaited("2026-11-20T00:01:00Z"));
  await clock.moveTo("2026-11-20T00:01:00Z");
  await until(() => calls() === 2 && clock.isAwaited("2026-11-20T00:03:00Z"));
  await clock.moveTo("2026-11-20T00:03:00Z");
  await until(() => calls() === 3);
  await until(() =>
    lines.some(({ text }) => text.startsWith("event given up (RetriesExhausted) after 3 attempts")),
  );
});

test("an event that fails as often as the template allows goes to the failure queue, with its error", async () => {
  const DestinationConfig = { OnFailure: { Destination: getAtt("Missed") } };
  const { stack, lines } = await start({
    resources: {
      Main: aFunction(),
      Missed: aQueue(),
      Retries: {
        Type: "AWS::Lambda::EventInvokeConfig",
        Properties: { FunctionName: { Ref: "Main" }, MaximumRetryAttempts: 0, DestinationConfig },
      },
      Reader: aFunction(),
      Mapping: aMapping("Missed", "Reader"),
    },
    code: {
      Main: handler('throw new Error("down");'),
      Reader: handler("console.log(event.Records[0].body);"),
    },
  });
  await invokeOver(stack.endpoint, "test-Main", { job: "REFERENCE" }, { "x-amz-invocation-type": "Event" });
  const printed = () => lines.find((line) => line.function === "test-Reader");
  await until(() => printed() !== undefined);
  expect(JSON.parse(printed()?.text ?? "")).toMatchObject({
    requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 1 },
    requestPayload: { job: "REFERENCE" },
    responsePayload: { errorMessage: "down" },
  });
});

test("closing lets a running invocation end and frees its port", async () => {
  const gate = await openGate();
  cleanUp(gate.close);
  const { stack } = await only(gatedHandler('"ended"'), { Environment: { Variables: { GATE: gate.url } } });
  const running = stack.invoke("test-Main", { body: "held" });
  await until(() => gate.waiting().length === 1);
  const closed = stack.close();
  await gate.release("held");
  expect((await running).payload).toBe("ended");
  await closed;
  await expect(fetch(stack.endpoint)).rejects.toThrow();
});

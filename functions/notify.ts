// Alarms from the topic in, messages of a chat robot out. A failure is thrown: Lambda tries again.
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { SNSEvent } from "aws-lambda";
import { readAlarm } from "../shared/adapters/chat-robot.ts";
import { chatRobot, log, logger } from "./services.ts";

const send = chatRobot();

export const handler = middy<SNSEvent, void>()
  .use(injectLambdaContext(logger))
  .handler(async (event) => {
    for (const { Sns } of event.Records) {
      const message = readAlarm(Sns.Subject, Sns.Message);
      await send(message);
      log.info("alarm passed on", { title: message.title });
    }
  });

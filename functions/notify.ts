// Forwards alarms from the topic to a chat robot. An error is thrown, so that Lambda retries.
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { SNSEvent } from "aws-lambda";
import { readAlarm } from "../shared/adapters/chat-robot.ts";
import { alarmLanguage, chatRobot, log, logger } from "./services.ts";

const send = chatRobot();
const language = alarmLanguage();

export const handler = middy<SNSEvent, void>()
  .use(injectLambdaContext(logger))
  .handler(async (event) => {
    for (const { Sns } of event.Records) {
      const message = readAlarm(Sns.Subject, Sns.Message, language);
      await send(message);
      log.info("alarm passed on", { title: message.title });
    }
  });

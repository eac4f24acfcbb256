// `drill`: sends a test alarm through the real alarm, topic and subscriptions of a deployed stack, with a code that only the
// message has. A person types the code, which proves that alarms arrive.
import { randomInt } from "node:crypto";
import { type QueryApi, valuesIn } from "../../shared/adapters/query-api.ts";
import { drillAlarm } from "../../shared/catalogue/stack.ts";
import { command, type Session } from "../command.ts";
import { realTools, type Tools } from "../deployment.ts";
import { CommandError, type ExitCode, exitCodes } from "../failure.ts";
import type { Messages } from "../messages/en.ts";
import { queryService } from "../query-service.ts";
import { outputOf, type Target } from "../target.ts";

export const drillCommand = (t: Messages) =>
  command({
    usage: "drill",
    talks: true,
    about: t.drill.about,
    options: {},
    examples: [["drill --stack TushareSync", t.drill.example]],
    async run(session) {
      if (session.stack === undefined) throw new CommandError(exitCodes.usage, t.drill.onlyDeployed);
      const target = await session.target();
      const services = {
        alarms: queryService("monitoring", target.clients),
        topics: queryService("sns", target.clients),
      };
      return await drill(session, target, services, realTools(t));
    },
  });

export type DrillServices = { readonly alarms: QueryApi; readonly topics: QueryApi };

/** Where the topic sends to. */
type Receiver = { readonly protocol: string; readonly endpoint: string; readonly isConfirmed: boolean };

/** @throws CommandError when nobody would get an alarm, or nobody can be asked */
export async function drill(
  { t, output }: Pick<Session, "t" | "output">,
  target: Target,
  { alarms, topics }: DrillServices,
  { ask }: Pick<Tools, "ask">,
): Promise<ExitCode> {
  if (ask === undefined) throw new CommandError(exitCodes.usage, t.drill.cannotAsk);
  const alarm = drillAlarm(target.name);
  const receivers = await receiversOf(topics, outputOf(target, "AlarmTopicArn", t));
  for (const { protocol, endpoint, isConfirmed } of receivers) {
    output.line(isConfirmed ? t.drill.receiver(endpoint, protocol) : t.drill.notConfirmed(endpoint));
  }
  const reached = receivers.filter(({ isConfirmed }) => isConfirmed);
  if (reached.length === 0) throw new CommandError(exitCodes.failed, t.drill.nobody(target.name));

  const code = String(randomInt(1_000, 10_000));
  await raise(alarms, alarm, code, t);
  try {
    output.line(t.drill.sent(alarm));
    const missing = await askFor(code, reached, ask, t);
    const names = (some: readonly Receiver[]) => some.map(({ endpoint }) => endpoint);
    const arrived = reached.filter((receiver) => !missing.includes(receiver));
    output.json({ alarm, arrived: names(arrived), missing: names(missing) });
    if (missing.length > 0) {
      output.line(t.drill.missing(names(missing).join(", ")));
      return exitCodes.failed;
    }
    output.line(t.drill.arrived(names(arrived).join(", ")));
    return exitCodes.done;
  } finally {
    await setState(alarms, alarm, "OK", "the drill is over");
  }
}

async function receiversOf(topics: QueryApi, TopicArn: string): Promise<Receiver[]> {
  const found: Receiver[] = [];
  for (let NextToken = ""; ; ) {
    const page = await topics("ListSubscriptionsByTopic", { TopicArn, ...(NextToken && { NextToken }) });
    for (const [, member = ""] of page.matchAll(/<member>([\s\S]*?)<\/member>/g)) {
      const [protocol = "", endpoint = "", arn = ""] = ["Protocol", "Endpoint", "SubscriptionArn"].map(
        (name) => valuesIn(member, name)[0],
      );
      found.push({ protocol, endpoint, isConfirmed: arn.startsWith("arn:") });
    }
    [NextToken = ""] = valuesIn(page, "NextToken");
    if (NextToken === "") return found;
  }
}

/** Only a change of the state is sent, so an alarm that an interrupted drill left is taken back first. */
async function raise(alarms: QueryApi, alarm: string, code: string, t: Messages): Promise<void> {
  const [state] = valuesIn(await alarms("DescribeAlarms", { "AlarmNames.member.1": alarm }), "StateValue");
  if (state === undefined) throw new CommandError(exitCodes.failed, t.drill.noAlarm(alarm));
  if (state === "ALARM") await setState(alarms, alarm, "OK", "an earlier drill is over");
  await setState(alarms, alarm, "ALARM", `this is a drill, its code is ${code}`);
}

async function setState(alarms: QueryApi, alarm: string, state: "ALARM" | "OK", why: string): Promise<void> {
  await alarms("SetAlarmState", { AlarmName: alarm, StateValue: state, StateReason: why });
}

const tries = 3;

/** The receivers that got nothing: all of them without the code, which any of them shows. */
async function askFor(
  code: string,
  receivers: readonly Receiver[],
  ask: (question: string) => Promise<string>,
  t: Messages,
): Promise<readonly Receiver[]> {
  let question = t.drill.askCode;
  for (let tried = 1; ; tried += 1) {
    const typed = (await ask(`${question} `)).trim();
    if (typed === code) break;
    if (typed === "" || tried === tries) return receivers;
    question = `${t.drill.otherCode(typed)}\n${t.drill.askCode}`;
  }
  if (receivers.length === 1) return [];
  const missing: Receiver[] = [];
  for (const receiver of receivers) {
    const said = (await ask(`${t.drill.askReceiver(receiver.endpoint)} `)).trim().toLowerCase();
    if (!["y", "yes", "是"].includes(said)) missing.push(receiver);
  }
  return missing;
}

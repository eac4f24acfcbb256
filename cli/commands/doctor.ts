// `doctor`: finds problems of this machine, the TuShare account, the stack and the AWS account, and says what to do.

import { tushareUrl } from "../../shared/catalogue/origin.ts";
import { readSettings } from "../../shared/catalogue/settings.ts";
import { openApi } from "../api.ts";
import { realClock } from "../clock.ts";
import { command, type Session } from "../command.ts";
import { accountClients, checkAccount, checkDeployed } from "../doctor/account.ts";
import { countLevels, type Finding, finding } from "../doctor/finding.ts";
import { checkMachine } from "../doctor/machine.ts";
import { checkStack } from "../doctor/stack.ts";
import { callsOfCheck, checkTushare } from "../doctor/tushare.ts";
import { CommandError, exitCodes } from "../failure.ts";
import { askHealth, judgeHealth } from "../health.ts";
import type { Messages } from "../messages/en.ts";
import { sayOrigin } from "../origin.ts";
import type { Output } from "../output.ts";
import type { Target } from "../target.ts";

/** The simulated TuShare accepts any token. */
const simulatedToken = "token-of-the-simulated-tushare";

export const doctorCommand = (t: Messages) =>
  command({
    usage: "doctor",
    about: t.doctor.about,
    options: {
      calls: {
        type: "boolean",
        default: true,
        describe: t.doctor.callsOption(String(callsOfCheck(readSettings({})))),
      },
    },
    examples: [
      ["doctor", t.doctor.exampleLocal],
      ["doctor --stack TushareSync --no-calls", t.doctor.exampleStack],
    ],
    async run(session, values) {
      const { output } = session;
      const target = await findTarget(session);
      if (!(target instanceof CommandError)) sayOrigin(target, session);
      const findings: Finding[] = [
        ...(await checkMachine(session.dataDir, session.environment, t)),
        ...(values.calls ? await tushare(session, target) : []),
        ...(values.calls ? await workers(session, target) : []),
        ...(await stack(session, target)),
      ];
      showFindings(findings, output, t);
      const counts = countLevels(findings);
      output.json({ findings, counts });
      output.line(
        t.doctor.summary(
          String(counts.ok),
          String(counts.note),
          String(counts.warning),
          String(counts.problem),
        ),
      );
      return counts.problem === 0 ? exitCodes.done : exitCodes.failed;
    },
  });

export function showFindings(findings: readonly Finding[], output: Output, t: Messages): void {
  for (const { level, text, remedy } of findings) {
    output.line(`${t.doctor.levels[level]}  ${text}`);
    if (remedy !== undefined) output.line(`    ${remedy}`);
  }
}

/** The doctor also works when no stack is running. */
async function findTarget(session: Session): Promise<Target | CommandError> {
  try {
    return await session.target();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}

async function tushare(session: Session, target: Target | CommandError): Promise<Finding[]> {
  const { t, environment, output } = session;
  const token = environment.TUSHARE_TOKEN?.trim();
  const url =
    target instanceof CommandError || target.upstreamUrl === undefined ? tushareUrl : target.upstreamUrl;
  if (!token && url === tushareUrl) {
    // A deployed token is not tried from this machine: TuShare counts the addresses that use it.
    return [finding("token", "note", t.doctor.noToken, t.doctor.noTokenRemedy)];
  }
  let settings: ReturnType<typeof readSettings>;
  try {
    settings = readSettings(environment);
  } catch {
    return []; // already reported by the machine check
  }
  output.note(t.doctor.calls(String(callsOfCheck(settings)), new URL(url).host));
  return await checkTushare({ url, token: token || simulatedToken, settings, clock: realClock }, t);
}

/** The local stack's workers call from this machine, which was checked. */
async function workers({ t }: Session, target: Target | CommandError): Promise<Finding[]> {
  if (target instanceof CommandError || target.stack === undefined) return [];
  try {
    return judgeHealth(await askHealth(target, t), target, t);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return [finding("way-out", "note", error.message, t.doctor.rightsRemedy)];
  }
}

async function stack(session: Session, target: Target | CommandError): Promise<Finding[]> {
  const { t } = session;
  if (target instanceof CommandError) {
    if (session.stack === undefined) return [finding("stack", "note", target.message, t.doctor.startRemedy)];
    return [finding("stack", "problem", target.message, t.doctor.deployRemedy)];
  }
  const findings: Finding[] = [];
  if (target.stack !== undefined) {
    const clients = accountClients(target.clients);
    findings.push(
      ...(await checkAccount(clients, 0, target.stack, t)),
      ...(await checkDeployed(clients, target.stack, target.outputs, t)),
    );
  }
  try {
    return [...findings, ...(await checkStack(target, await openApi(target, t), realClock.now(), t))];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return [...findings, finding("api", "problem", error.message, t.doctor.apiRemedy)];
  }
}

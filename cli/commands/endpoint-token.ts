// `endpoint-token`: adds, lists and revokes the tokens with which a deployed stack is asked in TuShare's protocol.
import { randomBytes } from "node:crypto";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  type EndpointTokens,
  encodeToken,
  endpointTokensMax,
  hashToken,
  isTokenName,
  readTokens,
} from "../../shared/adapters/endpoint-tokens.ts";
import { realClock } from "../clock.ts";
import { command } from "../command.ts";
import { CommandError, exitCodes } from "../failure.ts";
import type { Messages } from "../messages/en.ts";
import { asTable } from "../output.ts";
import { sentence, type Target } from "../target.ts";

const actions = ["add", "list", "revoke"] as const;

/** As many as TuShare's own tokens have. */
const tokenBytes = 28;

export const endpointTokenCommand = (t: Messages) =>
  command({
    usage: "endpoint-token <action> [name]",
    about: t.endpointToken.about,
    options: {
      action: {
        type: "string",
        choices: actions,
        demandOption: true,
        describe: t.endpointToken.actionOption,
      },
      name: { type: "string", describe: t.endpointToken.nameOption },
    },
    examples: [
      ["endpoint-token add notebook --stack TushareSync", t.endpointToken.exampleAdd],
      ["endpoint-token revoke notebook --stack TushareSync", t.endpointToken.exampleRevoke],
    ],
    async run(session, { action, name }) {
      const { output } = session;
      if ((action === "list") !== (name === undefined)) {
        throw new CommandError(exitCodes.usage, t.endpointToken.nameFor[action]);
      }
      if (name !== undefined && !isTokenName(name)) {
        throw new CommandError(exitCodes.usage, t.endpointToken.badName(name));
      }
      const target = await session.target();
      const secret = openSecret(target, t);
      const tokens = await secret.read();
      if (name === undefined) {
        const rows = Object.entries(tokens).map(([each, { since }]) => [each, since]);
        output.json({ tokens: rows.map(([each, since]) => ({ name: each, since })) });
        const { headings } = t.endpointToken;
        const table = asTable([headings.name, headings.since], rows);
        for (const line of rows.length === 0 ? [t.endpointToken.none] : table) output.line(line);
        return exitCodes.done;
      }
      const isThere = Object.hasOwn(tokens, name);
      const { [name]: _, ...others } = tokens;
      if (action === "revoke") {
        if (!isThere) throw new CommandError(exitCodes.usage, t.endpointToken.unknown(name));
        await secret.write(others);
        output.json({ name, revoked: true });
        output.line(t.endpointToken.revoked(name));
        return exitCodes.done;
      }
      if (isThere) throw new CommandError(exitCodes.conflict, t.endpointToken.taken(name));
      if (Object.keys(tokens).length >= endpointTokensMax) {
        throw new CommandError(exitCodes.conflict, t.endpointToken.tooMany(String(endpointTokensMax)));
      }
      const token = encodeToken(randomBytes(tokenBytes));
      const since = realClock.now().toISOString().slice(0, 10);
      await secret.write({ ...tokens, [name]: { sha256: hashToken(token), since } });
      output.json({ name, token, tushare_url: target.ways.tushareUrl ?? null });
      output.line(token);
      output.note(t.endpointToken.once);
      return exitCodes.done;
    },
  });

function openSecret({ outputs, clients, name }: Target, t: Messages) {
  const SecretId = outputs.EndpointTokensSecretArn;
  if (SecretId === undefined) throw new CommandError(exitCodes.usage, t.endpointToken.off(name));
  const client = new SecretsManagerClient(clients);
  const asking = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await work();
    } catch (error) {
      throw new CommandError(exitCodes.unreachable, t.endpointToken.noSecret(name, sentence(error)), {
        cause: error,
      });
    }
  };
  return {
    read: () =>
      asking(async () => {
        const { SecretString = "{}" } = await client.send(new GetSecretValueCommand({ SecretId }));
        return readTokens(SecretString);
      }),
    write: (tokens: EndpointTokens) =>
      asking(async () => {
        await client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(tokens) }));
      }),
  };
}

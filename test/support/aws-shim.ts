// The `aws` command as the documents use it, which is version 2, whichever version is installed.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { awsVersion } from "./aws-command.ts";

/**
 * Writes an `aws` that calls the real one into a new folder, to be put first in PATH. With ONLY_CHECK nothing is sent: the real command compares the
 * arguments with its model of the operation.
 */
export function writeAwsShim(folder: string, real: string): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "aws"), script(real, awsVersion === "1"));
  chmodSync(join(bin, "aws"), 0o755);
  return bin;
}

// Version 1 takes a payload as text anyway, and has no `logs tail`, which asks for the events of a log group since a time. Neither
// it nor the first releases of version 2 read the endpoint from the environment for every service.
const script = (real: string, isOld: boolean) => `#!/usr/bin/env bash
given=()
while (($#)); do
  if ${isOld} && [[ $1 == --cli-binary-format ]]; then shift 2; continue; fi
  given+=("$1")
  shift
done
set -- "\${given[@]}" --endpoint-url "$AWS_ENDPOINT_URL"
if [[ -n $ONLY_CHECK ]]; then exec '${real}' "$@" --generate-cli-skeleton $ONLY_CHECK; fi
if ${isOld} && [[ "$1 $2 $4 $6" == "logs tail --since --format" ]]; then
  case $5 in *m) unit=60 ;; *h) unit=3600 ;; *d) unit=86400 ;; esac
  since=$((($(date +%s) - \${5%?} * unit) * 1000))
  exec '${real}' logs filter-log-events --log-group-name "$3" --start-time $since --query 'events[].message' --output text --endpoint-url "$AWS_ENDPOINT_URL"
fi
exec '${real}' "$@"
`;

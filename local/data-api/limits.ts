// The service's limits on sizes and time, and the errors for results over them. http.ts refuses a request that is too
// large, as it reads it.
import { DataApiError } from "./errors.ts";
import type { QueryOutcome } from "./query.ts";

export type DataApiLimits = typeof serviceLimits;

// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.limitations.html and .troubleshooting
export const serviceLimits = {
  requestBytes: 4 * 1024 * 1024,
  resultBytes: 1024 * 1024,
  rowBytes: 64 * 1024,
  statementMilliseconds: 45_000,
  transactionIdleMilliseconds: 180_000,
  transactionMilliseconds: 86_400_000,
};

export function refuseLargeResult({ bytes, widestRowBytes }: QueryOutcome, limits: DataApiLimits): void {
  if (widestRowBytes > limits.rowBytes) {
    const text = `Packet for query is too large: a result row of ${widestRowBytes} bytes exceeds ${limits.rowBytes}`;
    throw new DataApiError("BadRequestException", text);
  }
  if (bytes > limits.resultBytes) throw largeAnswer();
}

/** Returns the text itself. @throws DataApiError when it is too large */
export function refuseLargeAnswer(answer: string, limits: DataApiLimits): string {
  if (answer.length > limits.resultBytes / 4 && Buffer.byteLength(answer) > limits.resultBytes)
    throw largeAnswer();
  return answer;
}

function largeAnswer(): DataApiError {
  return new DataApiError("BadRequestException", "Database response exceeded size limit");
}

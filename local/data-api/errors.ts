// The errors of the RDS Data API: name, HTTP status, and PostgreSQL's own errors in the form the service gives them.
import pg from "pg";

// https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html#API_ExecuteStatement_Errors
const statuses = {
  BadRequestException: 400,
  DatabaseErrorException: 400,
  DatabaseResumingException: 400,
  DatabaseUnavailableException: 504,
  ForbiddenException: 403,
  InternalServerErrorException: 500,
  NotFoundException: 404,
  RequestEntityTooLargeException: 413,
  StatementTimeoutException: 400,
  TransactionNotFoundException: 404,
  UnsupportedResultException: 400,
  ValidationException: 400,
} as const;

export class DataApiError extends Error {
  override readonly name: keyof typeof statuses;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(name: keyof typeof statuses, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = name;
    this.details = details;
  }

  get status(): number {
    return statuses[this.name];
  }
}

/**
 * Converts any failure to the service's error. `position` converts PostgreSQL's position to one in the caller's SQL.
 */
export function toDataApiError(error: unknown, position = (inText: number) => inText): DataApiError {
  if (error instanceof DataApiError) return error;
  if (error instanceof pg.DatabaseError) {
    // The service sits on PostgreSQL's JDBC driver, which writes the known fields in this order, one on each line.
    const lines = [`${error.severity ?? "ERROR"}: ${error.message}`];
    if (error.detail) lines.push(`Detail: ${error.detail}`);
    if (error.hint) lines.push(`Hint: ${error.hint}`);
    if (error.position) lines.push(`Position: ${position(Number(error.position))}`);
    if (error.where) lines.push(`Where: ${error.where}`);
    return new DataApiError("DatabaseErrorException", `${lines.join("\n  ")}; SQLState: ${error.code}`);
  }
  const text = error instanceof Error ? error.message : String(error);
  if (isConnectionFailure(error)) {
    return new DataApiError("DatabaseUnavailableException", `The database cannot be reached: ${text}`);
  }
  return new DataApiError("InternalServerErrorException", text);
}

function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return "syscall" in error || /connection|not queryable|timeout exceeded/i.test(error.message);
}

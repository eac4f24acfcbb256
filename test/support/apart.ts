// Test files that do not share a process with others, by name; vitest.config.ts says how the rest is run.

/**
 * These start whole stacks and other programs as a person does, kill some, and mostly wait for them: two fifths of the CPU time, so
 * only `npm run test:all` has them. They start first, so that the run does not wait for them at its end.
 */
export const wholeStacks = [
  "documented-commands",
  "faults",
  "full-disk",
  "in-the-way",
  "origin-start",
  "aws-cli",
  "hints",
  "captured",
  "first-steps",
  "pause",
  "priority",
  "cli",
  "page",
  "npm-start",
  "database-url",
  "cdk-by-hand",
  "data-dir",
  "database",
];

/** These share processes, and take longest: they come first among such files, so that none of them ends the run alone. */
export const long = [
  "simulation",
  "sync-unit-failures",
  "migrations",
  "dispatch",
  "sync-unit",
  "simulate",
  "planning",
  "whole",
  "market-and-exchange",
  "reference",
  "captured-worker",
];

/**
 * These leave something behind in their process: a mocked AWS client, environment variables, fake timers, threads or
 * bundles. Each has a process of its own, as those above.
 */
export const alone = [
  "api-openapi",
  "api-stack",
  "aws-adapters",
  "chosen-context",
  "cli-deployed",
  "cli-terminal",
  "database-adapter",
  "deploy",
  "doctor",
  "local-lambda",
  "long-migrations",
  "monitoring",
  "notify",
  "page-feed",
  "read-paths",
  "reader",
  "silence",
  "stack",
  "stopping",
];

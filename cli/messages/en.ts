// All messages of the command line, in English. zh.ts has the same keys.

import { english as words } from "../../shared/widget/words.ts";
import { singular } from "../../shared/words/say.ts";

type CodeFigure = "expected" | "stored" | "evidence" | "noData" | "unexplained" | "missing";

export const en = {
  yargsLocale: "en",
  /** A text from the stack, which is English. */
  said: (text: string) => text,
  program: {
    about:
      "Runs jobs, shows tasks and queries the mirror of China A-share data: on the local stack of `npm start`, or on a deployed stack with --stack.",
    stackOption: "name of a deployed stack, such as TushareSync; the local stack by default",
    regionOption: "AWS region of the stack; the region of the profile by default",
    dataDirOption: "data directory of the local stack; by default the one under .local that is in use",
    jsonOption: "print the answer as JSON, one object a line; errors too, on standard error",
    completion: "print a completion script for the shell of SHELL: bash, zsh or fish",
    examplePlan: "the cost of a backfill, without starting it",
    exampleStatus: "the tasks, live",
    waits: (seconds: string) => `waiting for the answer, ${seconds} s; Ctrl-C stops`,
    exitCodes:
      "Exit codes: 0 done; 1 the task failed, was cancelled or is paused, the stack refused, the doctor found a problem, or the account has too few points; 2 wrong usage; 3 the stack cannot be reached; 4 conflict, such as a job that is already running; 5 a disk is full; 130 interrupted. Times are Shanghai's.",
  },
  usage: {
    noCommand: "a command is missing",
    tooFewWords: "a word is missing: %s given, %s expected",
    seeHelp: "tushare-sync --help lists all commands",
    seeHelpOf: (command: string) => `tushare-sync ${command} --help explains it`,
  },
  target: {
    local: "the local stack",
    nothingRuns: (dataDir: string) =>
      `no stack is running in ${dataDir}: start one with \`npm start\`, or name a deployed stack with --stack`,
    severalRun: (each: string) => `several stacks are running here, name one: ${each}`,
    otherOrigin: (dataDir: string, origin: string) =>
      `TUSHARE_TOKEN is set, but the stack running in ${dataDir} holds ${origin}: start the real one with \`npm start\`, or select this one with --data-dir ${dataDir}`,
    noStack: (stack: string, said: string) =>
      `the stack ${stack} could not be found (${said}): check its name, --region and your AWS credentials`,
    noOutput: (name: string, stack: string) =>
      `${stack} has no output ${name}: the stack is older than this command line; deploy it again`,
    noAnswer: (stack: string, said: string) => `${stack} does not answer (${said})`,
    forbidden: (stack: string, said: string) =>
      `${stack} refuses these credentials (${said}): they need execute-api:Invoke on its API`,
  },
  options: {
    job: "the job",
    from: "first day, YYYYMMDD or YYYY-MM-DD; by default the job's own",
    to: "last day; by default the newest day that is due",
    days: "instead of --from: this many trading days that are due, counted back from the newest",
    codes: "only these codes, such as 600519.SH,000001.SZ",
    refresh: "also fetch again what is already stored",
    acceptChanges: "store an answer however many stored values it changes",
    byPeriod: "fetch reports by report period (5,000 points); --no-by-period: by stock",
  },
  task: {
    planning: "is being planned",
    units: "units",
    rows: (rows: string) => singular(`${rows} rows`),
    rate: (units: string) => singular(`${units} units a minute`),
    endsAt: (time: string) => `ends about ${time} in Shanghai`,
    needPerson: (units: number) => singular(`${units} need action`),
    unknown: (named: string, jobs: string, meant: string) =>
      `'${named}' is neither the id of a task nor a job: ${jobs}${meant}`,
    nothingToDo: "nothing to do",
    neverRan: (job: string) => `${job} has never run`,
  },
  datasets: {
    about: "List the datasets: what is stored of each, and whether the schedules keep it up to date",
    datasetOption: "only this one, with its columns",
    exampleAll: "all datasets",
    exampleOne: "the columns of one, and through which day it is complete",
    stateHeadings: {
      dataset: "dataset",
      set: "set",
      kept: "kept",
      rows: "rows",
      first: "first",
      last: "last",
      through: "complete through",
      calls: "calls an evening",
      job: "job",
    },
    columnHeadings: { column: "column", type: "type" },
    keptAs: { yes: "yes", no: "no", points: "too few points" },
    through: (newest: string, through: string) => `Newest whole day ${newest}; complete through ${through}.`,
    keyed: (key: string, isUnique: boolean) =>
      isUnique ? `Key: ${key}.` : `Sorted by ${key}, which is not unique: an answer replaces its slice.`,
    jobs: (jobs: string, points: string) => `Fetched by ${jobs}, with ${points} points.`,
    estimated: (points: string) =>
      `Estimated from the catalogue, for an empty mirror and an account of ${points} points:`,
    headings: {
      dataset: "dataset",
      points: "points",
      calls: "calls, ten years",
      rows: "rows",
      time: "time",
      dollars: "$ on AWS",
      evening: "calls an evening",
      month: "$ a month kept",
    },
    all: "all",
    awake: (minutes: string) => `On a weekday the schedules keep the database awake for ${minutes} minutes.`,
    kept: (names: string) => `The schedules keep up to date: ${names}.`,
    beyondPoints: (names: string) =>
      `Not tried, because the account has too few points: ${names}. Naming one of them by itself tries it.`,
    howToKeep:
      "To keep them up to date: npm run deploy -- -c datasets=..., or npm start -- --datasets ...; their past: tushare-sync run JOB.",
  },
  setup: {
    about:
      "Set up this machine for the real TuShare: check the token, say what the account's points allow and how long it takes, and write the settings",
    tokenFileOption:
      "read the token from this file; else from TUSHARE_TOKEN, or it is asked for and not shown",
    tokenStdinOption: "read the token from standard input",
    pointsOption: "the account's points; by default TuShare is asked",
    datasetsOption: "what to keep up to date: sets and datasets, such as core,index (default core)",
    writeOption: "write the settings; --no-write only shows what would be written",
    exampleAsk: "asks for the token",
    exampleFile: "without a question, such as for a script",
    exampleLook: "what the account allows, without changing anything",
    noFile: "MIRROR_SETTINGS_FILE is empty, so there is no file to write: unset it, or use --no-write",
    machine: (count: string) => singular(`This machine is ready (${count} checks).`),
    notReady: "nothing was written: mend what is named above, then say the same again",
    askToken: "Paste your token from https://tushare.pro (it is not shown):",
    askOtherToken:
      "Paste your token from https://tushare.pro (it is not shown; Enter alone keeps the present one):",
    noToken:
      "no token: give --token-file FILE or --token-stdin, set TUSHARE_TOKEN, or run setup in a terminal, where it asks",
    tokenFileUnread: (path: string, code: string) =>
      `the file of the token, ${path}, cannot be read (${code})`,
    tokenRemedy: "Copy it again from your account page on https://tushare.pro. Nothing was written.",
    asks: (host: string) => `asking TuShare at ${host} about the account, with at most eight calls`,
    otherPoints: (points: string) => `TuShare says ${points} points; --points counts`,
    pointsUnknown:
      "TuShare did not say how many points the account has: give --points 120, 2000, 5000 or 10000",
    askPoints: (usual: string) =>
      `How many points has your account? Usual: ${usual}. (Your page on tushare.pro says it.)`,
    badPoints: (typed: string) =>
      `'${typed}' is not a number of points: expected a whole number such as 2000`,
    points: {
      tushare: (points: string, calls: string, until: string) =>
        `The token is valid: ${points} points, the first expire on ${until}; ${calls} calls a minute to an interface.`,
      found: (points: string, calls: string, _until: string) =>
        `The token is valid: at least ${points} points, by the interfaces that answer; ${calls} calls a minute to an interface.`,
      given: (points: string, calls: string, _until: string) =>
        `The token is valid: ${points} points, as you say; ${calls} calls a minute to an interface.`,
    },
    notEnough: (needed: string) =>
      `This is not enough for prices and reports: the trading calendar and the stock list need ${needed} points, and without them no day can be planned or proven complete.`,
    nothingWorks: "Nothing works with these points. Nothing was written.",
    worksAlone: "What works without them, and what ten years of it take:",
    works: "What works with these points, and what ten years of it take:",
    beyond: (names: string) => `Needs more points: ${names}.`,
    meanwhile:
      "Until you have more points, npm start shows everything on a simulated market. Points: https://tushare.pro/document/1?doc_id=13",
    kept: (names: string) => `Kept up to date: ${names}. (--datasets chooses others.)`,
    tenYears: (calls: string, time: string) =>
      singular(`Ten years of them: ${calls} calls, about ${time}, once.`),
    evening: (calls: string, time: string) => singular(`An evening: ${calls} calls, about ${time}.`),
    written: (file: string) => `\nWritten to ${file}, which only you can read. The token is nowhere else.`,
    notWritten: (file: string, code: string) =>
      `${file} could not be written (${code}): check its folder's permissions`,
    startsAgain:
      "npm start goes on with your data now, in .local/tushare: this page comes back with it. What is simulated stays in its own folder.",
    nextAlone: [
      "Next (stop a running npm start first; what is simulated stays in its own folder, and is never mixed with this):",
      "  npm start                       these datasets, in .local/tushare",
      "  TUSHARE_TOKEN= npm start        what prices look like, on the simulated market",
    ],
    withMore: (points: string) =>
      `With ${points} points: npx tushare-sync setup again. Points: https://tushare.pro/document/1?doc_id=13`,
    next: [
      "Next (stop a running npm start first; what is simulated stays in its own folder, and is never mixed with this):",
      "  npm start                                               your mirror, in .local/tushare: the lists and 30 days",
      "  npx tushare-sync run DAILY_HISTORY --from 20160101      ten years of daily data, while it is up",
      "  TUSHARE_TOKEN= npm start                                the simulated market again",
    ],
  },
  plan: {
    about: "Show what a run would do and cost, without starting it",
    costOption: "also estimate its cost on AWS, at list prices",
    exampleMonth: "a month of daily prices",
    exampleCost: "all reports, with the cost in dollars",
    exampleChoice: "ten years and an evening of these datasets, without a stack",
    whatOption: "a job; or sets and datasets with commas, such as core,index, priced from the catalogue",
    unknown: (word: string, jobs: string, choices: string, suggestion: string | undefined) =>
      `${word} is neither a job (${jobs}) nor a set or dataset (${choices})${suggestion === undefined ? "" : `; did you mean ${suggestion}?`}`,
    tooOld: "the stack does not support plans: it is older than this command line",
    range: (from: string, to: string) => `${from} to ${to}`,
    nothing: {
      stored: "nothing to do: everything requested is stored",
      stored_so_far: "nothing to do now: everything requested that is due is stored",
      fresh: "nothing to do: it was fetched today; --refresh fetches it again",
      not_due: "nothing to do yet: nothing requested is due",
      before_first_day: "nothing to fetch: the market did not exist yet",
      no_open_day: "nothing to fetch: the range has no trading day",
      not_listed: "nothing to fetch: the requested codes were not listed in the range",
      no_period: "nothing to fetch: no report period ended in the range",
      no_filing: "nothing to fetch: the reporting schedule has no filing on these days",
    },
    units: (count: string, first: string, last: string) => `units   ${count}, from ${first} to ${last}`,
    calls: (calls: string, all: string) => `calls   ${calls}; ${all} in total`,
    rows: (rows: string) => `rows    about ${rows}`,
    time: (time: string, rate: string) =>
      `time    about ${time}, ${rate} calls a minute to the busiest interface`,
    quota: (share: string) => `quota   ${share} of the daily calls`,
    noQuota: "quota   no daily limit on this tier",
    cost: (dollars: string, parts: string) => `cost    about $${dollars} on AWS at list prices: ${parts}`,
    reread: (units: string, calls: string, dollars: string | undefined) =>
      `again   of these, ${units} units are stored and fetched again for corrections: ${calls} calls${dollars === undefined ? "" : `, about $${dollars}`}`,
    seconds: (value: string) => `${value} s`,
    minutes: (value: string) => singular(`${value} minutes`),
    hours: (value: string) => singular(`${value} hours`),
    nothingStarted: (line: string) => `Nothing was started. To start it: ${line}`,
  },
  cost: {
    functions: "functions",
    database: "database",
    dataApi: "Data API",
    storage: "storage and I/O",
    egress: "egress",
    queues: "queues and schedules",
    monitoring: "monitoring",
    secrets: "secrets",
  },
  run: {
    about: "Start a job and follow it until it ends",
    detachOption: "return once the job is started",
    keyOption: "idempotency key: the same key starts nothing twice",
    exampleHistory: "fetch history, resumable",
    exampleCodes: "the reports of two companies",
    exampleDetach: "start it and return",
    started: (job: string, id: string) => `${job} started: task ${id}`,
    goesOn: (id: string) =>
      `The task continues: tushare-sync status ${id} --watch shows it, tushare-sync pause ${id} pauses it.`,
    inTheWay: (id: string) => `tushare-sync status ${id} --watch`,
    waits: (job: string, id: string, asked: string) =>
      `Another task of ${job} is running (${id}), started with: ${asked}. Waiting for it to end first.`,
    adopts: (job: string, id: string) => `Task ${id} of ${job} is already doing the same: following it.`,
    itsTurn: (job: string, asked: string) => `Now starting ${job} as requested: ${asked}`,
    allByDefault: "the defaults of the job",
    pausedInTheWay: (job: string, id: string) =>
      `nothing was started: task ${id} of ${job}, started by a different command, is paused; tushare-sync resume ${id} continues it, tushare-sync cancel ${id} ends it`,
    notStarted: "The requested run was not started.",
    pausedHint: (id: string) => `It is paused: tushare-sync resume ${id} continues it.`,
    failuresHint: (job: string) => `Why: tushare-sync failures --job ${job}`,
  },
  status: {
    about: "Show the newest tasks, or one task; live with --watch",
    taskOption: "id of a task, or a job, which means its newest task",
    watchOption: "redraw until no task is live; plain lines if the output is not a terminal",
    limitOption: "how many tasks",
    exampleAll: "the newest tasks",
    exampleWatch: "the newest task of a job, live",
    none: "No task has run yet. Begin with tushare-sync run REFERENCE.",
    id: (id: string) => `task     ${id}`,
    command: (text: string) => `command  ${text}`,
    units: (text: string) => `units    ${text}`,
    absent: (text: string) => `absent   ${text}`,
    headings: {
      job: "job",
      status: "status",
      units: "units",
      rows: "rows",
      rate: "a minute",
      since: "since (Shanghai)",
      end: "end",
      task: "task",
    },
  },
  change: {
    pause: "Pause a live task: running units finish, no new unit starts",
    resume: "Continue a paused task",
    cancel: "Cancel a task permanently; stored rows are kept",
    example: "the newest task of a job",
    done: {
      pause: (job: string, id: string) => `${job} is paused: tushare-sync resume ${id} continues it`,
      resume: (job: string, id: string) => `${job} continues: tushare-sync status ${id} --watch shows it`,
      cancel: (job: string, id: string) => `${job} is cancelled (task ${id}); stored rows are kept`,
    },
  },
  failures: {
    about: "Show why units failed",
    jobOption: "only failures of this job",
    kindOption: "only failures of this kind",
    personOption: "only those that need action; --no-person: the others",
    allOption: "also those that are resolved",
    limitOption: "how many",
    exampleOpen: "all open failures",
    examplePerson: "failures that are not retried automatically",
    none: "No failures.",
    resolved: "resolved",
    person: "needs action",
    cancelled: "cancelled",
    dismissed: "dismissed",
    retryHint:
      "Once the cause is fixed: tushare-sync retry ID, or tushare-sync retry all. If nothing is to be done: tushare-sync dismiss ID --reason WHY",
    headings: {
      id: "id",
      job: "job",
      unit: "unit",
      kind: "kind",
      tries: "retries",
      next: "next try (Shanghai)",
      message: "what happened",
    },
  },
  revisions: {
    about: "Show values that TuShare changed after they had been stored",
    datasetOption: "only of this dataset",
    codeOption: "only of this code",
    fromOption: "first day of the changed rows",
    toOption: "last day of the changed rows",
    sinceOption: "only what was seen on this day or later",
    limitOption: "how many",
    exampleSince: "what TuShare changed lately",
    exampleCode: "what TuShare changed of a stock",
    none: "No revisions.",
    pending: "emptied, kept until it is empty on a second day",
    classes: {
      changed: "changed",
      last_digit: "factor, last digit",
      corporate_action: "factor, corporate action",
      restatement: "factor, restatement",
      emptied: "emptied",
      removed: "row removed",
      added: "row added",
    },
    headings: {
      seen: "seen (Shanghai)",
      dataset: "dataset",
      code: "code",
      day: "day",
      column: "column",
      old: "stored",
      now: "now",
      kind: "what",
    },
  },
  instruments: {
    about: "List stocks and ETFs, of now or of a day",
    onOption: "those listed on this day, with the codes they had then; names and statuses are those of now",
    kindOption: "only stocks, or only ETFs",
    exchangeOption: "only those of this exchange",
    statusOption: "only L listed, D delisted, or P not trading",
    searchOption: "a part of the code, the name or its pinyin initials",
    exampleOn: "the stocks listed on a day",
    exampleSearch: "stocks and ETFs with a text in their names",
    none: "None found.",
    headings: {
      code: "code",
      name: "name",
      exchange: "exchange",
      status: "status",
      from: "listed",
      to: "delisted",
    },
  },
  connect: {
    about:
      "Show every way in, with lines to copy: TuShare's protocol, PostgreSQL, HTTP, Parquet (--json: the addresses)",
    exampleLocal: "the ways into the local stack",
    exampleStack: "the addresses of a deployed one",
    page: "Page with progress and prices, for a browser",
    tushare: "TuShare's protocol: Python, with TuShare's client",
    python: "TuShare's protocol: Python, without it",
    curlTushare: "TuShare's protocol: curl",
    anyToken: "any token but an empty one",
    ownToken: (stack: string) =>
      `TOKEN: one printed by \`tushare-sync endpoint-token add NAME --stack ${stack}\``,
    noTushare:
      "TuShare's protocol: off; `npm run deploy -- -c tushareEndpoint=true` turns it on for a deployed stack",
    readsOnly: "a user that cannot change a row",
    withPassword: "it asks for the password that the stack was started with",
    dbeaver: "New connection, PostgreSQL, connect by URL; the password is empty unless one was set",
    grafana: "a file in provisioning/datasources",
    dataApi: "PostgreSQL: by the Data API",
    dataApiOnly:
      "a deployed database has no address outside its network: psql, pandas, DBeaver and Grafana cannot reach it",
    http: "HTTP API, without a signature",
    httpDocs: (url: string) => `every operation, with links to try, for a browser: ${url}`,
    signedHttp: "HTTP API, signed",
    signedHere: "as for a deployed stack; here the signature is not checked",
    signedOnly: "only signed requests are answered; the credentials need execute-api:Invoke",
    parquet: "Parquet: DuckDB",
  },
  endpointToken: {
    about: "Add, list or revoke tokens with which programs ask a deployed stack in TuShare's protocol",
    actionOption: "add makes a token and prints it once; revoke takes it away within a minute",
    nameOption: "whose token it is, such as notebook: letters, digits, . _ -",
    exampleAdd: "make a token, and print it",
    exampleRevoke: "refuse it from now on",
    nameFor: {
      add: "a name is missing: endpoint-token add NAME",
      revoke: "a name is missing: endpoint-token revoke NAME",
      list: "list takes no name: it shows all tokens",
    },
    badName: (name: string) =>
      `the name '${name}' is not allowed: 1 to 40 letters, digits, dots, hyphens or underscores, a letter or digit first`,
    off: (stack: string) =>
      `${stack} does not answer in TuShare's protocol: \`npm run deploy -- -c tushareEndpoint=true\` turns it on (the local stack of \`npm start\` takes any token)`,
    noSecret: (stack: string, said: string) =>
      `the tokens of ${stack} could not be read or changed (${said}): your credentials need secretsmanager:GetSecretValue and PutSecretValue`,
    unknown: (name: string) => `there is no token named ${name}: \`endpoint-token list\` shows all`,
    taken: (name: string) =>
      `there is a token named ${name} already: revoke it first, or choose another name`,
    tooMany: (most: string) => `there are ${most} tokens, the most there can be: revoke one first`,
    revoked: (name: string) => `${name} is revoked; it is refused within a minute.`,
    once: "This is shown once: only its hash is kept.",
    none: "No tokens.",
    headings: { name: "name", since: "since" },
  },
  retry: {
    about: "Retry failed units now",
    failureOption: "number of a failure record, or all",
    jobOption: "with all: only the failures of this job",
    exampleOne: "one failure",
    exampleAll: "all failures of a job",
    sent: (units: string) => `${singular(`${units} units`)} ${units === "1" ? "was" : "were"} sent again`,
    notANumber: (value: string) => `'${value}' is neither the number of a failure record nor all`,
    onItsWay: (unit: string) => `${unit} was sent again`,
  },
  dismiss: {
    about: "Resolve a failure without its unit, with a reason",
    failureOption: "number of a failure record",
    reasonOption: "why it may rest",
    example: "a unit that nobody needs any more",
    notANumber: (value: string) =>
      `'${value}' is not the number of a failure record; tushare-sync failures lists them`,
    done: (id: number, unit: string, reason: string) => `failure ${id} (${unit}) is dismissed: ${reason}`,
  },
  coverage: {
    about: "Show how complete the data is: by day, by month, of one day by name, or of one security",
    fromOption: "first day; 30 days back by default, by month a year; of a security the first requested day",
    toOption: "last day; today by default",
    datasetOption: "one dataset; stocks and ETFs by default",
    byOption: "a row for each day or for each month; day by default",
    codeOption: "one security: its stored days, and where it lacks some",
    dayOption: "one day: what is absent, by name and with the reason",
    missingOption: "only days or months that are not complete",
    exampleMonth: "a month",
    exampleMissing: "the gaps of the last 30 days",
    exampleByMonth: "one dataset by month",
    exampleDay: "the names of what a day lacks",
    exampleCode: "where a stock has gaps",
    newest: (day: string) => `newest stored day: ${day}`,
    reach: (newest: string, through: string) => `newest whole day: ${newest}, complete through: ${through}`,
    uncounted: (from: string) =>
      `days from ${from} on were not counted yet, and it may be complete further: ask again to count on`,
    noneMissing: (from: string, to: string) => `Every trading day from ${from} to ${to} is complete.`,
    noOpenDays: (from: string, to: string) => `The calendar has no trading day from ${from} to ${to}.`,
    nothingAbsent: (day: string) => `Nothing is absent on ${day}.`,
    storedDays: (code: string, first: string, last: string) =>
      `${code}: first stored day ${first}, last ${last}`,
    ofRange: (from: string, to: string, of: Record<CodeFigure, string>) =>
      `${from} to ${to}: ${of.stored} of ${of.expected} days stored, ${of.evidence} explained, ${of.noData} without data, ${of.unexplained} not found, ${of.missing} missing`,
    states: words.states,
    reasons: words.reasons,
    headings: {
      day: "day",
      month: "month",
      rows: "rows",
      stocks: "stocks",
      etfs: "ETFs",
      share: "of expected",
      state: "state",
      openDays: "days",
      whole: "whole",
      expected: "expected",
      explained: "explained",
      unexplained: "not found",
      missing: "missing",
      code: "code",
      interface: "interface",
      reason: "reason",
      looks: "times looked for",
      from: "from",
      to: "to",
    },
  },
  verify: {
    about:
      "Verify from the stored rows whether the mirror is whole, or compare it with TuShare; exit code 0 only if it is whole",
    datasetOption: "the dataset; by default each of which anything was fetched",
    fromOption: "first day; by default the first day that a task was to fetch",
    toOption: "last day; by default the newest day that is due",
    repairOption: "also fetch what is missing (with --upstream also what differs), and verify again",
    upstreamOption: "fetch the range again, and compare rows and values; stores nothing",
    planOption: "with --upstream: print the calls that it takes, and start nothing",
    planNeedsUpstream: "--plan is only for --upstream: without it verify makes no call",
    price: (what: string) => `comparing ${what} with TuShare takes`,
    exampleAll: "is my mirror whole?",
    exampleYear: "one year of stocks",
    exampleRepair: "fetch exactly what is missing",
    exampleUpstream: "what would comparing with TuShare cost?",
    nothingFetched: "nothing was fetched yet",
    repairs: (dataset: string, missing: string) =>
      `${dataset}: fetching what is missing or different (${missing})`,
    goesOn: (dataset: string) =>
      `the verification of ${dataset} continues without you; the same command shows it`,
    verdicts: {
      complete: "complete",
      explained: "whole, absences are explained",
      missing: "MISSING",
      different: "DIFFERENT from TuShare",
    },
    failed: "NOT VERIFIED",
    rows: (stored: string, expected: string) => `${stored} of ${expected} rows stored`,
    explained: (count: string) => `${count} explained`,
    unexplained: (count: string) => `${count} unexplained`,
    missing: (count: string) => `${count} missing`,
    different: (count: string) => `${count} different`,
    failedChecks: (count: string) => `${count} failed checks`,
    headings: {
      finding: "finding",
      day: "day",
      code: "code",
      part: "part",
      stored: "stored",
      upstream: "expected",
    },
    more: (id: string) => `... and more: select * from sync_finding where verification = '${id}'`,
  },
  query: {
    about: "Query the data with SQL, read-only",
    sqlOption: "one PostgreSQL statement",
    formatOption: "table by default, json with --json",
    exampleTable: "five closes as a table",
    exampleCsv: "all stocks and ETFs as CSV",
    empty: "the statement is empty",
    timeoutOption: "seconds before a page of the result times out, up to 45",
    badTimeout: (given: string) => `--timeout is ${given}, expected whole seconds from 1 to 45`,
    readsOnly: (word: string) =>
      `query is read-only: expected select, with, values, table, explain or show, but the statement begins with ${word}`,
    timedOut: (seconds: string) =>
      `the statement took longer than ${seconds} s and was stopped: select less, or raise --timeout (at most 45)`,
    keptWaiting:
      "the query blocked others from the database for too long and was stopped: select less, pause the job, or use export, which reads page by page",
    interrupted: "stopped",
    refused: (said: string) => said,
    tooWide: "the result exceeds the Data API limit of 1 MiB: select fewer columns or shorter texts",
    rows: (rows: string) => singular(`${rows} rows`),
    cut: (rows: string) => `the first ${singular(`${rows} rows`)}; --format csv prints all`,
  },
  export: {
    about: "Export a table, a range of it, or the whole mirror, to CSV or Parquet files",
    tableOption: "table or view",
    allOption:
      "all tables, into the folder of --out: a file a year, and only what changed since the last time",
    exampleAll: "the whole mirror; a repetition writes only what has changed",
    tableOrAll: (table: string) => `--all exports every table: omit ${table}, or --all`,
    needsTable: "export needs a table, or --all",
    needsFolder: "--all needs a folder: use --out FOLDER",
    mirror: "mirror",
    otherManifest: (path: string) => `${path} is not of this version's exports: choose another folder`,
    otherExport: (folder: string, format: string, numbers: string) =>
      `${folder} has an export of another mirror or form (${format}, ${numbers} numbers): choose another folder, or the same --format and --numbers`,
    allDone: (rows: string, files: string, folder: string, written: string, kept: string) =>
      singular(`${rows} rows in ${files} files in ${folder}: ${written} written, ${kept} unchanged`),
    allInterrupted: "stopped; the files that were finished stay, and the same command goes on from here",
    openParquet: (folder: string, table: string) =>
      `DuckDB: select * from read_parquet('${folder}/${table}/*/*.parquet', hive_partitioning = true)\npandas: pd.read_parquet("${folder}/${table}")`,
    openCsv: (folder: string, table: string) =>
      `DuckDB: select * from read_csv('${folder}/${table}/*/*.csv', hive_partitioning = true)\npandas: pd.concat(map(pd.read_csv, glob.glob("${folder}/${table}/*/*.csv")))`,
    fromOption: "first day",
    toOption: "last day",
    outOption: "file; by default CSV to standard output",
    formatOption:
      "by default from the file extension, else csv, where an apostrophe precedes a text that a spreadsheet would run as a formula",
    numbersOption: "numbers in Parquet: double, or exact, which stores all digits as text",
    exampleParquet: "a year of prices",
    exampleCsv: "the list of stocks and ETFs",
    noTable: (table: string) => `the database has no table ${table}: deploy or start the stack again`,
    noDays: (table: string) => `${table} has no day column: omit --from and --to`,
    noCodes: (table: string) => `${table} has no code column: omit --codes`,
    badOut: (file: string, reason: string) => `--out is '${file}': ${reason}`,
    notWritten: (file: string, reason: string) => `${file} could not be written: ${reason}`,
    noFolder: (folder: string) => `the folder ${folder} does not exist`,
    notAFolder: (path: string) => `${path} is not a folder`,
    isAFolder: "it is a folder, expected a file",
    notAllowed: "permission denied",
    noSpace: "the disk is full",
    needsFile: "Parquet needs a file: use --out FILE.parquet",
    rate: (rows: string) => `rows, ${rows} a second`,
    done: (rows: string, file: string) => singular(`${rows} rows in ${file}`),
    interrupted: "stopped; the unfinished file was removed",
  },
  move: {
    pushAbout:
      "Make the mirror of a deployed stack or a database equal to the local one: rows, ledger and completeness",
    pullAbout:
      "Make the local mirror equal to the one of a deployed stack or a database: rows, ledger and completeness",
    toOption: "where to: a stack's name, a postgres:// address, or a data directory",
    fromOption: "where from: a stack's name, a postgres:// address, or a data directory",
    checkOption: "only compare both mirrors, by row counts and checksums",
    planOption: "only print what would be moved, how long it takes and what it costs",
    replaceOption: "also remove rows that only the target has, and replace those that are newer there",
    yesOption: "do not ask for confirmation",
    examplePush: "the local mirror to a deployed stack; a repetition moves what has changed",
    examplePull: "a deployed mirror to this machine",
    exampleAddress: "from one PostgreSQL server to another",
    exampleCheck: "whether both are equal",
    needsOther: (option: string) =>
      `name the other mirror: --stack STACK, or ${option} with a stack, an address or a folder`,
    twice: (one: string, other: string) => `${one} and ${other} name the same side: use one of them`,
    badAddress: "the address is not valid: it has the form postgres://user:password@host:5432/database",
    noFolder: (folder: string) => `no data directory in ${folder}: start one with \`npm start\`, or name it`,
    severalFolders: (folders: string) =>
      `several data directories are here, name one with --data-dir: ${folders}`,
    nothingIn: (folder: string) =>
      `${folder} has no mirror: start one with \`npm start\`, or name another folder`,
    notOpened: (folder: string, said: string) => `the database in ${folder} could not be opened: ${said}`,
    notReached: (name: string, said: string) => `${name} cannot be reached: ${said}`,
    oldServer: (name: string, version: string, least: string) =>
      `${name} is PostgreSQL ${version}, expected ${least} or newer`,
    sameSide: (name: string) => `both sides are ${name}: name two different mirrors`,
    notAMirror: (name: string) =>
      `${name} has tables, but none of a mirror: name the right database, or an empty one, which gets the schema`,
    olderSchema: {
      folder: (name: string, newest: string, known: string) =>
        `the schema of ${name} ends at ${newest}, expected ${known}: start it once with \`npm start -- --data-dir ${name}\``,
      stack: (name: string, newest: string, known: string) =>
        `the schema of ${name} ends at ${newest}, expected ${known}: deploy it again with \`npx tushare-sync deploy --stack ${name}\``,
      address: (name: string, newest: string, known: string) =>
        `the schema of ${name} ends at ${newest}, expected ${known}: start it once with \`npm start\` and DATABASE_URL`,
    },
    otherSchema: (name: string, newest: string, known: string) =>
      `the schema of ${name} ends at ${newest} and is not that of this release, which ends at ${known}: use the release that both mirrors run`,
    noOrigin: (name: string) =>
      `${name} has no recorded origin: it was never filled, so there is nothing to move`,
    otherOrigin: (source: string, there: string, target: string, other: string) =>
      `${source} holds ${there}, but ${target} holds ${other}: mirrors of two origins are never mixed`,
    busy: (name: string, work: string) =>
      `${name} is at work (${work}): wait until it is done, or pause it with \`npx tushare-sync pause JOB\``,
    otherTable: (table: string, source: string, target: string) =>
      `the table ${table} is not the same in ${source} and ${target}: somebody changed it by hand`,
    readOnly: (name: string) => `${name} cannot be written: it is read-only`,
    noRights: (name: string, tables: string) =>
      `the user of ${name} may not write ${tables}: use the user who owns the tables`,
    forbidden: (name: string, said: string) =>
      `${name} refuses these credentials (${said}): they need rds-data:ExecuteStatement, BeginTransaction, CommitTransaction and RollbackTransaction on its cluster, and secretsmanager:GetSecretValue on DatabaseSecretArn, an output of the stack`,
    emptySource: (source: string, target: string) =>
      `${source} has no rows, but ${target} has: nothing is removed; name the sides the other way round`,
    schedules: (name: string) =>
      `${name} starts jobs by its schedules: move at a time when none starts; a move during which one starts ends without "equal"`,
    comparing: "comparing",
    moving: "moving",
    verifying: "verifying",
    tables: (table: string) => `tables, ${table}`,
    rate: (slice: string, rows: string) => `rows, ${slice}, ${rows} a second`,
    route: (source: string, target: string) => `from ${source} to ${target}`,
    price: (rows: string, slices: string, tables: string, megabytes: string) =>
      singular(`  ${rows} rows in ${slices} slices of ${tables} tables, ${megabytes} MB`),
    time: (time: string) => `  about ${time}`,
    dollars: (calls: string, dollars: string) =>
      singular(`  ${calls} calls to the Data API, $${dollars} on AWS with a month of storage`),
    free: "  no deployed stack: nothing to pay",
    removes: (rows: string) =>
      `  rows that only the target has, or that are newer there, and that are replaced: ${rows}`,
    confirm: (target: string) => `Change ${target}? (y/N)`,
    differs: (table: string, rows: string, foreign: string, newer: string) =>
      singular(`  ${table}: ${rows} rows to move, ${foreign} only in the target, ${newer} newer there`),
    more: (count: string) => `  and ${count} more`,
    conflict: (target: string, rows: string, where: string) =>
      `${target} has rows that the source does not have, or that are newer there: ${rows} (${where}): look at both sides, then use --replace to make it equal to the source; nothing was changed`,
    equal: (tables: string, rows: string, checksum: string) =>
      singular(`equal: ${tables} tables, ${rows} rows, checksum ${checksum}`),
    done: (rows: string, seconds: string) => singular(`${rows} rows moved in ${seconds} s`),
    different: (slices: string) => singular(`not equal: ${slices} slices that differ`),
    notEqual: (slices: string) =>
      `the sides still differ (slices: ${slices}): something wrote to one of the sides meanwhile; the same command moves what is left`,
    failed: (said: string) =>
      `stopped by an error (${said}); what was moved stays, and the same command goes on from there`,
    interrupted: "stopped; what was moved stays, and the same command goes on from there",
  },
  doctor: {
    about: "Check this machine, the account and the stack, and say what to do",
    callsOption: (calls: string) =>
      `call TuShare, ${calls} calls in total, and one by a deployed worker; --no-calls: none`,
    exampleLocal: "this machine and the local stack",
    exampleStack: "a deployed stack, without calls to TuShare",
    levels: { ok: "ok     ", note: "note   ", warning: "WARNING", problem: "PROBLEM" },
    summary: (ok: string, notes: string, warnings: string, problems: string) =>
      `\n${ok} ok, ${notes} notes, ${warnings} warnings, ${problems} problems`,
    calls: (calls: string, host: string) => `calling ${host} ${calls} times`,
    node: (version: string) => `Node ${version}`,
    nodeOld: (version: string) => `Node ${version} is too old`,
    nodeRemedy: "Start it through the project, with npx tushare-sync or npm start: they bring Node 24.",
    disk: (free: string) => `${free} GB free on the disk of the data directory`,
    diskSmall: (free: string) => `only ${free} GB free on the disk of the data directory`,
    diskRemedy: (wanted: string) =>
      `Ten years of all data need ${wanted} GB: free some space, or choose another --data-dir.`,
    dataDir: (path: string) => `data directory ${path}`,
    dataDirNew: (path: string) => `data directory ${path}, created at the first start`,
    dataDirRunning: (path: string, pid: string) => `data directory ${path}, in use by process ${pid}`,
    dataDirReadOnly: (path: string) => `the data directory ${path} is not writable`,
    dataDirRemedy: "Get write permission, or choose another --data-dir.",
    port: (port: string) => `port ${port}`,
    portTaken: (port: string) => `port ${port} is in use by another program`,
    portRemedy: "Nothing to do: npm start uses another port and prints it.",
    settings: "settings in the environment",
    settingsFile: (file: string) => `settings in ${file}`,
    settingsFileOpen: (file: string) => `others can read ${file}, which holds the token`,
    settingsFileRemedy: (file: string) => `Take their right away: chmod 600 ${file}`,
    settingsRemedy: "Correct the variable; docs/operator.md lists them.",
    rate: (calls: string, allowed: string) =>
      `at most ${calls} calls a minute to an interface, ${allowed} allowed`,
    rateHigh: (calls: string, allowed: string) =>
      `the slots may make ${calls} calls a minute to an interface, but only ${allowed} are allowed`,
    rateRemedy:
      "Raise TUSHARE_MIN_INTERVAL, lower WORKER_SLOTS, or set TUSHARE_CALLS_A_MINUTE to the limit of the account.",
    https: (origin: string) => `TuShare over https, ${origin}`,
    loopback: (origin: string) => `TuShare on this machine, ${origin}`,
    plainHttp: (origin: string) => `the token would be sent unencrypted to ${origin}`,
    httpsRemedy: "Use the https address.",
    noTushare: (said: string) => `TuShare does not answer: ${said}`,
    noTushareRemedy: "Check the internet connection, then try again in a minute.",
    noToken: "no TUSHARE_TOKEN in the environment: TuShare was not checked",
    noTokenRemedy:
      "To set one: npx tushare-sync setup; to check one only: TUSHARE_TOKEN=... npx tushare-sync doctor. TuShare counts the addresses that use a token.",
    token: (points: string, until: string) =>
      `the token is valid, ${points} points, the first expire on ${until}`,
    tokenRefused: (said: string) => `the token was refused: ${said}`,
    tokenRemedy:
      "Copy the token from your account page on https://tushare.pro, and set TUSHARE_TOKEN or the secret.",
    pointsExpired: "the account's points have expired",
    pointsRemedy: "Renew them on https://tushare.pro.",
    expiryRemedy: "Renew the points before then; without them most interfaces refuse calls.",
    tier: (calls: string) => `the points allow ${calls} calls a minute to an interface, as configured`,
    tierHigh: (set: string, allowed: string) =>
      `${set} calls a minute are configured, but the points allow only ${allowed}`,
    tierHighRemedy: (allowed: string) =>
      `Set TUSHARE_CALLS_A_MINUTE (callsAMinute of a deployment) to ${allowed}.`,
    tierLow: (set: string, allowed: string) =>
      `${set} calls a minute are configured, and the points allow ${allowed}`,
    tierLowRemedy: (allowed: string) =>
      `For more speed set TUSHARE_CALLS_A_MINUTE (--tier of deploy) to ${allowed}.`,
    clock: (seconds: string) => `the clock is accurate to within ${seconds} s`,
    clockUnknown: "the reply from TuShare has no time, so the clock was not checked",
    clockWrong: (seconds: string) => `the clock differs from TuShare's by ${seconds} s`,
    clockRemedy:
      "Turn on time synchronisation (timedatectl set-ntp true): due days and request signatures depend on it.",
    answers: (name: string) => `${name} answers`,
    noRight: (name: string) => `the account has no right to ${name}`,
    noRightRemedy: "It needs more points: https://tushare.pro/document/1?doc_id=108. Its jobs will pause.",
    instead: (way: string) => `Nothing to do: the data is fetched another way (${way}).`,
    optional: "Nothing to do: the rest of the data does not depend on it.",
    slower: (name: string, allowed: string) => `${name} allows only ${allowed} calls a minute`,
    slowerRemedy: "Nothing to do: the workers slow down automatically.",
    tooFast: (name: string) => `${name} says too many calls`,
    tooFastRemedy:
      "Another program uses this token, or its daily quota is used up: wait, or use one token for each program.",
    api: (url: string) => `the API answers at ${url}`,
    apiRemedy: "Read the log of the function, then deploy or start the stack again.",
    startRemedy: "If you need one: npm start.",
    deployRemedy: "Check --stack and --region, or deploy it: npm run deploy.",
    neverRan: (job: string) => `${job} has never succeeded`,
    succeeded: (job: string, when: string) => `${job} last succeeded ${when} in Shanghai`,
    longAgo: (job: string, when: string) =>
      `${job} last succeeded ${when} in Shanghai, which is too long ago for its schedule`,
    runRemedy: (job: string) =>
      `See why with tushare-sync status ${job}, or start it: tushare-sync run ${job}`,
    noFailures: "no failure needs action",
    failures: (count: string) => singular(`${count} failures need action`),
    failuresRemedy: "tushare-sync failures --person shows why; tushare-sync retry all retries them.",
    paused: (job: string, reason: string) => `${job} is paused: ${reason}`,
    pausedRemedy: (id: string) => `Once the reason is fixed: tushare-sync resume ${id}`,
    noMissedRuns: "no scheduled run was missed",
    missedRuns: (count: string) => `${count} scheduled runs could not be started`,
    missedRunsRemedy: (url: string) =>
      `Read them with aws sqs receive-message --queue-url ${url}, then run the jobs.`,
    notReadable: (service: string, said: string) => `${service} could not be read: ${said}`,
    rightsRemedy: "Give these credentials read permission; nothing else depends on it.",
    noRegion: "no AWS region is set",
    noRegionRemedy: "Pass --region, such as --region ap-southeast-1, or set AWS_REGION.",
    chinaRegion: (region: string) => `${region} has no Data API for Aurora`,
    chinaRegionRemedy: "Choose a nearby region outside mainland China, such as ap-east-1 or ap-southeast-1.",
    region: (region: string) => `region ${region}`,
    noCredentials: (said: string) => `AWS does not accept the credentials: ${said}`,
    credentialsRemedy:
      "Sign in with aws sso login or aws configure, then check with aws sts get-caller-identity.",
    concurrency: (all: string, free: string) =>
      `${all} concurrent executions in the account, ${free} unreserved`,
    concurrencySmall: (all: string, free: string, needed: string) =>
      `${all} concurrent executions in the account, ${free} unreserved, but ${needed} are needed to reserve the slots`,
    concurrencyRemedy:
      "Request an increase (Service Quotas, Lambda, concurrent executions; new accounts have 10), or deploy with --no-reserve.",
    bootstrapped: "the region is bootstrapped for CDK",
    notBootstrapped: "the region is not bootstrapped for CDK",
    bootstrapRemedy: "Run once for each account and region: npx cdk bootstrap",
    stackStatus: (stack: string, status: string) => `the stack ${stack} is ${status}`,
    stackStatusRemedy: "Read its events in CloudFormation; npm run deploy tries again.",
    schedules: (count: string) => `${count} schedules are enabled`,
    schedulesOff: (names: string) => `schedules are disabled: ${names}`,
    schedulesRemedy: "Enable them in EventBridge Scheduler, or deploy again.",
    noHealth: (name: string) => `the worker of ${name} did not say how it is: deploy this release`,
    slotsBusy: "all slots are at work, so the workers get out",
    wayOut: (address: string) => `the workers reach TuShare, from ${address}`,
    unknownAddress: "an address that nobody told",
    noWayOut: (said: string) => `the workers do not reach TuShare: ${said}`,
    noWayOutRemedy: 'See "The way out" in docs/runbook.md.',
    otherAddress: (address: string, wanted: string) =>
      `the workers call from ${address}, not from the stack's address ${wanted}`,
    tokenAccepted: "TuShare accepts the workers' token",
    networks: (count: string) => `${count} networks in the region`,
    networksMany: (count: string, wanted: string, most: string) =>
      `${count} networks in the region, and ${wanted} more are needed; AWS allows ${most} unless asked for more`,
    networksRemedy: "Delete one that is not used, or request more (Service Quotas, VPCs per region).",
    addresses: (count: string) => `${count} elastic addresses in the region, one more is allowed`,
    addressesMany: (count: string) => `${count} elastic addresses in the region, and no more are allowed`,
    addressesRemedy:
      "Release one that is not used, request more (Service Quotas, EC2-VPC Elastic IPs), or deploy with --egress none.",
    zone: (zone: string, type: string) => `zone ${zone} has ${type} for the way out`,
    noZone: (type: string) => `no zone of the region has ${type}, the machine of the way out`,
    noZoneRemedy: "Deploy with --egress gateway or --egress none, or in another region.",
    secret: "the token's secret is set",
    secretEmpty: "the token's secret holds no token yet",
    secretRemedy: (arn: string) =>
      `aws secretsmanager put-secret-value --secret-id ${arn} --secret-string file://token.txt`,
  },
  deploy: {
    about: "Check the account, show the diff and the price, deploy, and fetch the first rows",
    tokenStdinOption: "read the TuShare token from standard input and store it in the stack's secret",
    firstStepsOption:
      "after deploying, prove the way out, set the token, fetch the lists and one day, where not done before",
    stageOption: "a second environment in the account: part of the stack's name",
    tierOption: "calls a minute to an interface that the points allow: 200, 500",
    slotsOption: "concurrent workers",
    egressOption: "how workers get the one fixed address that TuShare wants",
    reserveOption: "reserve the workers' concurrency, as it is by default; --no-reserve for a new account",
    schedulesOption: "schedules that override the defaults, as JSON: see docs/operator.md",
    alarmEmailOption: "address that gets the alarms",
    contextOption: "any other context of the app, key=value; may be repeated; key= removes an earlier value",
    forgetOption: "ignore all values of earlier deployments",
    yesOption: "ask nothing, neither for confirmation nor for a token",
    onlyDiffOption: "stop after showing the diff",
    exampleRegion: "the first deployment",
    exampleChange: "change one value, keep all others",
    exampleToken: "without questions, with the token from a file: < token.txt",
    exampleUnset: "reset it to the default",
    exampleStage: "a second environment, without a fixed address",
    badContext: (text: string) => `--context is '${text}', expected key=value`,
    badStage: (stage: string) =>
      `the stage is '${stage}', expected 1 to 20 letters, digits or hyphens, a letter first, for example: test`,
    noSuchName: (stack: string) =>
      `--stack is '${stack}', expected TushareSync, or TushareSync-STAGE for another stage`,
    twoStacks: (one: string, other: string) => `the command names two stacks, ${one} and ${other}: name one`,
    region: (region: string, file: string) => `Region ${region}, from ${file}.`,
    chosen: (list: string) => `\nValues of earlier deployments: ${list}`,
    nothing: "none",
    standard: "(default)",
    notAsked: (stack: string, said: string) =>
      `the stored values of ${stack} cannot be read: ${said}; this needs cloudformation:DescribeStacks`,
    underWay: (stack: string) =>
      `a deployment of ${stack} is in progress: wait until it ends in CloudFormation, then try again`,
    forgets: (list: string) => `Removed: ${list}`,
    begun: (stack: string, list: string) =>
      `An earlier deployment of ${stack} with ${list} was started, and its result is unknown. Give the values again that did not take effect.`,
    fromFile: (stack: string, file: string) => `${stack} holds no stored values; they are read from ${file}.`,
    fileDamaged: (file: string, why: string) =>
      `${file} is damaged (${why}), and the stack holds no stored values: fix the file, or remove it`,
    fileReplaced: (file: string, why: string) =>
      `${file} is damaged (${why}); it will be rewritten from the stack.`,
    fileRestored: (file: string) => `There is no ${file} here: the stored values are read from the stack.`,
    fileElsewhere: (file: string, region: string) =>
      `${file} belongs to a stack elsewhere (${region}) and is ignored.`,
    stackCounts: (file: string) =>
      `${file} differs from the stack; the stack takes precedence (it was deployed from elsewhere, or with the CDK by hand):`,
    unknownChoice: (stack: string) =>
      `${stack} is deployed, but neither the stack nor a local file holds its values: pass all of them again with --forget, or they are lost`,
    inDefaults: (stack: string, keys: string) =>
      `${keys} cannot be removed for ${stack}: cdk.json sets it for every stack; remove it there`,
    fileNotWritten: (file: string, said: string) =>
      `${file} cannot be written (${said}); npx cdk run by hand would not use the stored values`,
    unknownEnd: (stack: string) =>
      `it is unknown whether ${stack} was deployed: CloudFormation continues without this command. Check there, then deploy again`,
    notKept: "The new values were not stored. Once the cause is fixed:",
    notReady: "the account is not ready: fix the problems marked above, then deploy again",
    difference: (stack: string) => `\nWhat changes in ${stack}:`,
    diffFailed: "the diff failed; see the lines above",
    confirm: (stack: string) => `Deploy ${stack}? (y/N)`,
    cannotAsk: "cannot ask for confirmation without a terminal: use --yes",
    notConfirmed: "nothing was changed",
    failed: (stack: string) =>
      `${stack} was not deployed; see the lines above. CloudFormation has rolled it back`,
    step: (number: number, count: number, name: string) => `[${number}/${count}] ${name}`,
    steps: {
      checks: "Checks: account, region, quotas, chosen values",
      changes: "What changes, and what it costs",
      deploy: "Deployment, some ten minutes at the first time",
      wayOut: "The way out: a worker calls TuShare once",
      token: "The TuShare token",
      lists: "The first lists: REFERENCE",
      day: "One trading day: DAILY_HISTORY",
    },
    stepFailed: (number: number, name: string, why: string, stack: string) =>
      `step ${number} (${name}) failed: ${why}\n${stack} is deployed. Once this is fixed, npm run deploy -- --stack ${stack} goes on from here.`,
    makes: (way: string) =>
      `Makes: an Aurora PostgreSQL cluster that pauses when idle, in a network of its own; ${way}; functions, queues, schedules, an HTTP API, alarms and a dashboard.`,
    ways: {
      instance: "a NAT instance with one fixed address",
      gateway: "a NAT gateway with one fixed address",
      none: "no network for the workers, so no fixed address",
    },
    price: (dollars: string, parts: string) =>
      `A month of daily runs with ten years of rows: about $${dollars} at the list prices of us-east-1 (${parts}). Backfills: plan --cost.`,
    alarmsTo: (list: string) => `Alarms go to ${list}.`,
    alarmsToNobody: "Alarms go to nobody: add --alarm-email, or -c alarmWebhookSecret= (see the runbook).",
    waitsForWayOut: "Nothing gets out yet; trying for up to two minutes.",
    stopped: "stopped; what is done is kept, and the same command goes on from here",
    askToken: "Paste the TuShare token (nothing is shown; Enter alone: later):",
    badToken: "this is not a token: expected 8 to 200 letters, digits or signs without spaces",
    tokenNotStored: (name: string) =>
      `the token was not stored (${name}); this needs secretsmanager:PutSecretValue on the stack's secret`,
    tokenLater: "No token yet, so nothing was fetched.",
    doneBefore: (job: string, id: string) => `Done before: ${job}, task ${id}.`,
    done: (stack: string) => `${stack} is deployed. Next:`,
    dashboard: (page: string) => `Dashboard: ${page}`,
    nextToken: "set the token, from a file that you delete afterwards; this goes on from here:",
    nextDrill: "see that an alarm reaches you:",
    nextPlan: "see what ten years cost, then run the same line with run instead of plan:",
    nextDoctor: "check everything at any time:",
    changingAddresses:
      "egress=none: the workers call TuShare from addresses that change all the time; a token whose addresses it counts (two, five or ten, by points) is refused with 40204.",
    address: (address: string) => `The workers call TuShare from ${address}.`,
  },
  drill: {
    about: "Send a test alarm through the stack's own topic, and wait until a person has it",
    example: "after a deployment, and whenever who is on call changes",
    onlyDeployed: "drill needs a deployed stack, whose topic sends the alarm: pass --stack",
    cannotAsk: "drill needs a terminal: a person types the code that the alarm shows",
    receiver: (endpoint: string, protocol: string) => `Alarms go to ${endpoint} (${protocol}).`,
    notConfirmed: (endpoint: string) =>
      `${endpoint} has not confirmed: it gets nothing until the link in the mail from AWS is opened.`,
    nobody: (stack: string) =>
      `alarms of ${stack} reach nobody: confirm the subscription, or deploy with --alarm-email or -c alarmWebhookSecret=`,
    noAlarm: (alarm: string) => `there is no alarm '${alarm}': deploy this release first`,
    sent: (alarm: string) => `The alarm '${alarm}' was raised. It usually arrives within a minute.`,
    askCode: "Type the four digits in its message (Enter alone: it did not arrive):",
    otherCode: (typed: string) => `${typed} is not the code of this drill.`,
    askReceiver: (endpoint: string) => `Did it arrive at ${endpoint}? (y/N)`,
    arrived: (list: string) => `Alarms arrive at ${list}. The alarm is taken back; a second message says so.`,
    missing: (list: string) =>
      `The alarm did not arrive at ${list}. See "Alarm: Drill" in docs/runbook.md; it is taken back.`,
  },
  destroy: {
    about: "Remove a deployed stack; keep its data by default",
    deleteDataOption: "also delete the database and its network, without a final snapshot",
    exampleKeep: "everything except database and network",
    exampleDelete: "everything",
    keeps: (stack: string) =>
      `This removes ${stack}. Its database and network are kept, and their storage is still billed; a later deployment creates new ones.`,
    deletes: (stack: string) =>
      `This removes ${stack} WITH ITS DATABASE: all stored rows are lost permanently, and no snapshot is kept.`,
    confirm: (stack: string) => `Type ${stack} to continue:`,
    notGivenUp: (stack: string) =>
      `the data of ${stack} could not be unlocked for removal; nothing was removed`,
    failed: (stack: string) => `${stack} was not removed; see the lines above`,
    deleted: (stack: string) => `${stack} and its data were removed.`,
    kept: (stack: string) =>
      `${stack} was removed. Its database is kept; find it in RDS by the name of the stack.`,
  },
};

export type Messages = typeof en;

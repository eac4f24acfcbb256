// The sentences that only `npm start`, the command line and the deployment say, apart from sentences.ts, so that no
// function's bundle holds them. say-here.ts fills their holes; chinese.ts has them after the others.

export const startSentences = {
  // The HTTP API's answers.
  pausedInTheWay:
    "{job} was not started: its task {id}, which was asked for something else, is paused; resume or cancel it on the page or by tushare-sync while npm start is up",

  // What `npm start` finds in its data folder, and whether its token works.
  folderOtherOrigin:
    "the data folder {path} holds {there}, and this start would add {asked}: choose another folder with --data-dir, or throw away what is there with --discard",
  serverOtherOrigin:
    "the database of DATABASE_URL holds {there}, and this start would add {asked}: name another database, or drop that one and create it anew",
  folderUnknownOrigin:
    "the data folder {path} holds rows of a version that did not record where they come from: if they are real TuShare's, start once with TUSHARE_TOKEN and --adopt; else choose another folder with --data-dir, or throw away what is there with --discard",
  serverUnknownOrigin:
    "the database of DATABASE_URL holds rows of a version that did not record where they come from: if they are real TuShare's, start once with TUSHARE_TOKEN and --adopt; else name another database, or drop that one and create it anew",
  discardNoServer:
    "--discard throws away a data folder, and DATABASE_URL names a database elsewhere: drop that and create it anew",
  discardNotOurs: "--discard: {path} holds no database of this program, so nothing in it was thrown away",
  oldData:
    "Data of an earlier version lies in {home}/postgres; this start leaves it alone. --data-dir {folder} uses it.",
  adoptNeedsToken: "--adopt is for data of the real TuShare: set TUSHARE_TOKEN too",
  urlNeedsToken: "TUSHARE_URL names an upstream, and TUSHARE_TOKEN is not set: set both, or neither",
  tokenMalformed:
    "TUSHARE_TOKEN holds white space or characters that no token has: copy it again from your account's page on https://tushare.pro",
  allowedAddress: "an https address (http to this machine only), for example {example}",
  twoUpstreams: "--captured and TUSHARE_TOKEN name two upstreams: give one of them",
  optionOfTrials: "{option} is for the simulated upstream, and TUSHARE_TOKEN selects the real one",
  stocksOfMarket: "--stocks is for the simulated market, and --captured names another upstream",
  capturedRefused: "--captured: {why}",
  tokenRefused: "TuShare refuses TUSHARE_TOKEN, and nothing was stored: {why}",
  tokenTooFewPoints:
    "TuShare accepts the token, but its account has too few points for the trading calendar, without which nothing can be planned, and nothing was stored: {why}; tushare-sync setup says what the points allow",
  settingsLineUnread: "{file}, line {number}: not a setting; expected NAME=value, for example {example}",
  settingsNameUnknown: "{file}, line {number}: there is no setting {name}",
  settingsFileUnread: "the settings {file} cannot be read ({code}): correct its permissions, or remove it",
  tokenNotTried:
    "TuShare at {host} could not be asked about TUSHARE_TOKEN, and nothing was stored: {why}; check the internet connection and try again",

  // A value that is refused. An option, a field of JSON and a field of a form each have their own wording.
  unknownCommand: "there is no command {command}",
  unknownCommandMeans: "there is no command {command}: did you mean {suggestion}?",
  unknownOption: "there is no option {option}",
  unknownOptionMeans: "there is no option {option}: did you mean {suggestion}?",
  valueMeans: "{field} is {value}: did you mean {suggestion}?",
  optionTwice: "{option} is given twice: give it once",
  allowedSome: "something",
  goesOnlyWith: "{option} goes only with {other}",
  goesNotWith: "{option} does not go with {other}",
  aTask: "a task",
  otherFormat: "another --format",
  accountCommands: "deploy and destroy",

  // `npm start`: its options, the machine it runs on, and its progress.
  seeStartHelp: "npm start -- --help lists the options",
  optionTakesNone: "{option} takes no value",
  optionNeedsValue: "{option} needs a value",
  unexpectedWord: "the word {word} is not expected here",
  keptByNpm:
    "npm took {option} as its own option: write two hyphens before the options, as in npm start -- {option}",
  allowedFolder: "a folder such as {example}",
  folderRefused: "{option} names {value}, and {reason}",
  noSuchFolder: "there is no such folder",
  notAFolder: "it is not a folder",
  notReadable: "it cannot be read",
  notWritable: "you have no right to write there",
  diskFull: "no space is left",
  capturedWithoutLists:
    "it lacks captured answers of {interfaces}, which {job} is planned from: add them, such as trade_cal__SSE.csv",
  noCapturedAnswer: "it holds no captured answer such as {example}",
  faultsRefused: "--faults: {why}",
  unknownSetting: "there is no setting {name}: docs/operator.md lists them",
  unknownSettingMeans: "there is no setting {name}: did you mean {suggestion}?",
  slotsHeldTooLong:
    "WORKER_SLOTS {slots} with TUSHARE_MIN_INTERVAL {interval} hold a worker for {held} s after each call, but at most {most} s are allowed: lower one of them",
  rateTooHigh:
    "WORKER_SLOTS {slots} with TUSHARE_MIN_INTERVAL {interval} can make {calls} calls to one interface in a minute, but TUSHARE_CALLS_A_MINUTE allows {allowed}: raise TUSHARE_MIN_INTERVAL, lower WORKER_SLOTS, or set TUSHARE_CALLS_A_MINUTE to the account's own limit",
  hostNeedsPassword:
    "--database-host {host} lets other machines reach the database: set DATABASE_PASSWORD, which it then asks for",
  passwordRefused:
    "DATABASE_PASSWORD is expected to have at least {least} characters: letters, digits and signs of ASCII, no spaces",
  dataDirRefused: "the data directory {path} cannot be used ({reason}): choose another with --data-dir",
  dataDirInUse:
    "the data directory {path} is in use by another process: stop it, or choose another with --data-dir",
  dataDirInUseBy:
    "the data directory {path} is in use by process {pid}, started {since}: stop it, or choose another with --data-dir",
  serverUrl: "DATABASE_URL is not a PostgreSQL URL; expected {example}.",
  serverRefused:
    "The PostgreSQL server of DATABASE_URL ({place}) cannot be used: {reason}. Start it or correct DATABASE_URL, or unset DATABASE_URL to use the embedded database.",
  serverTooOld: "it is version {version}, and {least} or newer is needed",
  nothingListens: "nothing listens there",
  hostUnknown: "its host name is unknown",
  serverSilent: "it does not answer within {seconds} s",
  engineRefused: "The embedded database ({place}) does not start: {reason}",
  noSpace: "no space left in {folder}: free some and start again, what is stored stays",
  logRefused: "the log {file} cannot be written ({code}); the run continues without it",
  engineLost: "The embedded database ({place}) is lost: {reason}",
  engineEnded: "it ended before it was ready",
  inMemory: "in memory",
  starting: "starting the database, the upstream and the stack",
  databaseIsOpen:
    "other machines can reach the database at {host}, port {port}: it asks for DATABASE_PASSWORD, but nothing is encrypted",
  startPage: "page       {url} (progress, coverage, prices)",
  startAsk: "ask it     {command} (SQL, HTTP, Python, Parquet: lines to copy)",
  startReal: "real data  {command} (takes your TuShare token; what is simulated stays apart)",
  startOwn: "data       TuShare's own, at most {calls} calls a minute to an interface",
  startStop: "stop       Ctrl-C; the data stay in {path}, and the next start goes on with them",
  startOnce: "stop       by itself after the job; the data stay in {path}",
  startsAgain: "your settings were written on the page: starting again with your own data",
  stillUp: "Still up, with its schedules running. Ctrl-C stops it.",
  jobEnded: "{job} ended {status}: {reason}",
  continuing: "continuing {job} where it was left",
  endedWithoutUnits: "{status}: nothing to do",
  settledUnits: "{status}: {done}/{total} units, {rows} rows",
  settledNeedy: "{status}: {done}/{total} units, {rows} rows, {needy} need action",
  unitsRows: "units, {rows} rows",
  unitsNeedy: "units, {rows} rows, {needy} need action",
  summaryRows:
    "rows       {rows} stored or already complete for what was asked, {units} units in {seconds} s",
  summaryCalls: "calls      {calls}",
  summaryLimit:
    "limit      {refusals} refusals; at most {peak} of {allowed} calls to one interface in any 60 s, counted upstream",
  summaryFailure: "failure    {failure}",
  summaryPartial: "absent     {day}",
  dayLacks: "{title} on {day}: {count} missing ({codes})",
  dayLacksMore: "{title} on {day}: {count} missing ({codes} and {more} more)",
  dayNotFound: "{title} on {day}: {count} looked for and not found ({codes})",
  dayNotFoundMore: "{title} on {day}: {count} looked for and not found ({codes} and {more} more)",
  summaryStored: "stored     {title}: {rows} rows",
  summaryStoredDays: "stored     {title}: {rows} rows, {first} to {last}",
  callsOfRun: "{calls}; {perMinute} a minute to the busiest, {use} % of the configured pace",
  headlineBusy: "{job} NOT STARTED, a paused task is in the way",
  headlineNothing: "{job} {status}, nothing to do",
  summaryRange: "range      {from} to {to}",
  summaryReason: "reason     {reason}",
  byDefault: "its defaults",
  inTheWayFollowed: "{job} already has a live task, for {asked}: waiting for it to end first",
  nowAsAsked: "now running {job} as requested: {asked}",
  callsNoneToday: "none: already fetched today",
  callsNoneBecause: "none: {why}",
  callsNoneAtAll: "none at all",
  callsNone: "none: everything requested was already stored",
  tryNext: "Try next:",
  hint: "{command}     {about}",
  hintStay: "stays up: SQL, HTTP API, command line and page, with its schedules running",
  hintCodes: "two stocks since they were listed",
  hintIncrement: "new days, and gaps in the last 60 days",
  hintEtfList: "the list of exchange-traded funds",
  hintEtf: "prices of exchange-traded funds",
  hintFinance: "financial indicators",
  hintStatus: "the newest tasks",
  hintPage: "tasks, failures, coverage and charts in your browser",
  logsAreIn: "the functions' logs are in {file}",
  queryIt: "Query it:",
  startAsOnAws: "Start a backfill, exactly as on AWS (version 2 of the aws command also needs {flag}):",
  overHttp: "Do the same, and read the data, over HTTP (docs/api.md):",
  makeTrouble: "Make the simulated TuShare fail:",
  triedAgain: "{unit} will be retried: {why}",
  secondsLeft: "{seconds} s left",

  // The context of a deployment.
  contextIs: 'context "{key}" is {value}; expected {allowed}',
  contextUnknown: 'context "{key}" is not a key that this app reads; it reads {known}',
  contextStage: "1 to 20 letters, digits or hyphens, a letter first, for example: {example}",
  contextWhole: "a whole number from {least} to {most}, for example: {example}",
  contextSeconds: "seconds from {least} to {most}, for example: {example}",
  contextTruth: "true or false, for example: {example}",
  contextEgress: "instance, gateway or none, for example: {example}",
  contextTushareUrl: "an https address (http to loopback only), for example: {example}",
  contextCapacity: "capacity units from {least} to {most} in steps of 0.5, for example: {example}",
  contextDatasets: "sets and datasets with commas, of {known}, for example: {example}",
  contextSchedules:
    "for some of the jobs {jobs}, their schedules; an empty list switches them off, for example: {example}",
  contextEmail: "a mail address, for example: {example}",
  contextSecret: "the name of an existing secret, for example: {example}",
  contextLanguage: "en or zh, for example: {example}",
  contextRunbook: "an https address of docs/runbook.md or docs/runbook.zh.md, for example: {example}",
  contextDay: "a day, for example: {example}",
  contextTime: "a time of day in Shanghai as HH:MM, for example: {example}",
  contextSettings: "an object of settings named SYNC_..., for example: {example}",
} as const;

export type StartSentenceName = keyof typeof startSentences;

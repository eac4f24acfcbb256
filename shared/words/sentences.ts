// Every sentence that the stack may say to a person: [English, Chinese], with named {holes}. The English one is what is
// made, logged and stored (say.ts); whoever shows it to a Chinese reader has translate.ts find the other beside it.
// An English sentence needs words of its own beside its holes, or it would be found in any text.

export const sentences = {
  // The planner: why a plan is smaller than asked, or cannot be made.
  calendarEmpty: [
    "the trading calendar is empty: run the job REFERENCE",
    "交易日历为空：请先运行作业 REFERENCE",
  ],
  calendarBegins: [
    "the trading calendar begins on {firstDay}, after {needed}: run the job REFERENCE",
    "交易日历从 {firstDay} 开始，晚于所需的 {needed}：请运行作业 REFERENCE",
  ],
  calendarEnds: [
    "the trading calendar ends on {lastDay}, before {needed}: run the job REFERENCE",
    "交易日历到 {lastDay} 为止，早于所需的 {needed}：请运行作业 REFERENCE",
  ],
  calendarLacks: [
    "the trading calendar lacks days before {day}: run the job REFERENCE with refresh",
    "交易日历在 {day} 之前缺日：请加 refresh 重新运行作业 REFERENCE",
  ],
  plannedTo: ["{asked} is not due yet: planned to {due}", "{asked} 的数据还未到期：只规划到 {due}"],
  notDueUntil: [
    "{day} is not due yet, until {time} in Shanghai",
    "{day} 的数据还未到期，上海时间 {time} 起到期",
  ],
  toBeforeFirst: [
    "to is {to}, which is before the first day, {first}: give from too",
    "to 为 {to}，早于默认的起始日 {first}：请同时给出 from",
  ],
  noTradingBefore: ["there was no trading before {day}", "{day} 之前没有交易"],
  noTradingDays: ["there is no trading day from {from} to {to}", "{from} 至 {to} 没有交易日"],
  notListed: ["not listed from {from} to {to}: {codes}", "{from} 至 {to} 没有上市：{codes}"],
  delistedBefore: ["delisted before {day}: {codes}", "{day} 之前已退市：{codes}"],
  periodNotEnded: ["the report period {period} has not ended", "报告期 {period} 还没有结束"],
  dayNotCome: ["{day} has not come yet", "{day} 还没有到"],
  reportsNotDue: [
    "reports of {period} are not all due until {deadline}: FINANCE_INCREMENTAL fetches what is filed",
    "{period} 的财报到 {deadline} 才全部到期：已披露的由 FINANCE_INCREMENTAL 获取",
  ],
  filingsNotDue: ["reports filed on {day} are fetched from {next} on", "{day} 披露的财报从 {next} 起获取"],
  noFiling: [
    "the reporting schedule holds no filing from {from} to {to}",
    "财报披露计划中 {from} 至 {to} 没有披露",
  ],
  notDueYet: ["{day} is not due yet", "{day} 的数据还未到期"],
  onlyNewestDay: [
    "the database holds no {dataset}: only {day} is synced; run {job} for the past",
    "库中还没有 {dataset}：只同步 {day}；更早的数据请运行 {job}",
  ],
  unknownCodes: [
    "no {kind} {codes} in stock_info: check them, or run the job {list}",
    "stock_info 中没有{kind} {codes}：请检查代码，或运行作业 {list}",
  ],
  andMore: ["{shown} and {count} more", "{shown} 等另外 {count} 个"],
  stock: ["stock", "股票"],
  etf: ["ETF", "ETF"],
  itsHistoryJob: ["its history job", "对应的历史作业"],
  noPeriodEnded: ["no report period ended in that range", "该范围内没有已结束的报告期"],
  financeNeverAsked: [
    "nothing was asked for yet: run FINANCE_HISTORY for the past",
    "还没有获取过财务数据：历史请运行 FINANCE_HISTORY",
  ],
  scheduleEmpty: [
    "the reporting schedule is empty: run the job REFERENCE to find new filings",
    "财报披露计划为空：请运行作业 REFERENCE，才能发现新披露的财报",
  ],
  tooManyUnits: [
    "{units} units, more than the {most} a task may hold: ask for a shorter range",
    "共 {units} 个单元，超过一个任务的上限 {most}：请缩短范围",
  ],

  // Tasks: why one is paused or ended, or a command could not be carried out.
  pausedByCommand: ["paused by a command", "由命令暂停"],
  cancelledByCommand: ["cancelled by a command", "由命令取消"],
  startedByStock: ["started again by stock within two minutes: {why}", "两分钟内改为按股票重新启动：{why}"],
  noTaskTo: ["cannot {verb} task {id}: there is no such task", "无法{verb}任务 {id}：没有这个任务"],
  otherLiveTo: [
    "cannot {verb} task {id}: another task of its job is live",
    "无法{verb}任务 {id}：同一作业的另一个任务正在运行",
  ],
  taskStateTo: ["cannot {verb} task {id}: it is {status}", "无法{verb}任务 {id}：其状态为 {status}"],
  pause: ["pause", "暂停"],
  resume: ["resume", "继续"],
  cancel: ["cancel", "取消"],
  failureNotOpen: [
    "failure record {id} is not open, its task was cancelled, or its message could not be read",
    "失败记录 {id} 已解决、其任务已取消，或其消息无法读取",
  ],
  taskNotOpened: ["no {job} task could be opened or found", "无法创建或找到 {job} 的任务"],
  tasksComeAndGo: ["tasks of {job} come and go: ask again", "{job} 的任务不断开始和结束：请重试"],
  requestKeyUsed: [
    "requestKey {key} was used to start {command}: choose another",
    "requestKey {key} 已用于启动 {command}：请换一个",
  ],
  taskGone: ["task {id} is gone", "任务 {id} 已不存在"],

  // The HTTP API's answers.
  noTask: ["there is no task {id}", "没有任务 {id}"],
  taskStatus: ["the task is {status}", "任务状态为 {status}"],
  taskStatusRunAgain: ["the task is {status}: run its job again", "任务状态为 {status}：请重新运行其作业"],
  otherLive: ["another task of {job} is live", "{job} 的另一个任务正在运行"],
  jobPaused: [
    "the last task of {job}, of {whose}, is paused: resume or cancel it",
    "{job} 最近的任务（{whose}）已暂停：请继续或取消它",
  ],
  jobLive: [
    "a task of {job} is live, of {whose}: follow it, or cancel it",
    "{job} 的任务（{whose}）正在运行：请等待或取消它",
  ],
  pausedInTheWay: [
    "{job} was not started: its task {id}, which was asked for something else, is paused; resume or cancel it on the page or by tushare-sync while npm start is up",
    "{job} 没有启动：它的任务 {id}（要求不同）处于暂停状态；请在 npm start 运行时，用页面或 tushare-sync 继续或取消它",
  ],
  sameCommand: ["the same command", "同样的命令"],
  otherCommand: ["another command", "另一个命令"],
  keyUsed: [
    "the Idempotency-Key was used to start {job}: choose another",
    "该 Idempotency-Key 已用于启动 {job}：请换一个",
  ],
  noFailureRecord: ["there is no failure record {id}", "没有失败记录 {id}"],
  failureCancelled: [
    "the task of failure record {id} was cancelled: run its job again",
    "失败记录 {id} 的任务已取消：请重新运行其作业",
  ],
  failureResolved: ["failure record {id} is resolved", "失败记录 {id} 已解决"],
  failureUnreadable: [
    "the message of failure record {id} could not be read: run its job again",
    "失败记录 {id} 的消息无法读取：请重新运行其作业",
  ],
  noCode: ["there is no code {code}", "没有代码 {code}"],
  notInLists: ["the lists have no code {code}", "列表中没有代码 {code}"],
  unavailable: [
    "the database or the dispatcher is out of reach: repeat the request",
    "暂时无法连接数据库或调度函数：请重试",
  ],
  noPath: [
    "there is no such path: GET /openapi.json names them",
    "没有这个路径：GET /openapi.json 列出全部路径",
  ],
  internal: ["the request failed; the function's log says why", "请求失败；原因见函数日志"],

  // Where the data comes from. The warnings keep one English word, which is searched for.
  originTushare: ["real TuShare data", "TuShare 真实数据"],
  originSimulated: ["simulated data ({market})", "模拟数据（{market}）"],
  originCaptured: ["captured data ({folder})", "历史留存数据（{folder}）"],
  originAddress: ["data from {address}", "来自 {address} 的数据"],
  market: ["seed {seed}, {stocks} stocks", "种子 {seed}，{stocks} 只股票"],
  folder: ["{name}, content {content}", "{name}，内容 {content}"],
  warnSimulated: [
    "SIMULATED DATA ({market}): every price is invented, none is the market's",
    "模拟数据 SIMULATED（{market}）：所有价格均为虚构，不是真实行情",
  ],
  warnCaptured: [
    "CAPTURED DATA ({folder}): answers kept from earlier, not what TuShare says now",
    "历史留存数据 CAPTURED（{folder}）：取自先前保存的应答，不代表最新行情",
  ],
  warnAddress: [
    "NOT TUSHARE ({address}): this is not an address of TuShare's own",
    "非官方来源 NOT TUSHARE（{address}）：该地址不是 TuShare 官方地址",
  ],
  markSimulated: ["SIMULATED", "模拟数据"],
  markCaptured: ["CAPTURED", "历史留存数据"],
  markAddress: ["NOT TUSHARE", "非官方来源"],
  otherOrigin: [
    "this database holds {there} and would be given {asked}: use another database, or empty this one",
    "该数据库中是{there}，而本环境会写入{asked}：请换用其他数据库，或清空该数据库",
  ],
  noOrigin: [
    "this database has no recorded origin and would be given {asked}: deploy or start the stack again",
    "该数据库没有记录数据来源，而本环境会写入{asked}：请重新部署或启动",
  ],
  unknownOrigin: [
    "this database holds rows of an unknown origin and would be given {asked}: use an empty database",
    "该数据库中的数据来源不明，而本环境会写入{asked}：请使用空数据库",
  ],
  originNotRecorded: [
    "the database has no recorded origin: deploy or start the stack again",
    "数据库没有记录数据来源：请重新部署或启动",
  ],

  // What a start finds in its data folder, and of its token.
  folderOtherOrigin: [
    "the data folder {path} holds {there}, and this start would add {asked}: choose another folder with --data-dir, or throw away what is there with --discard",
    "数据目录 {path} 中是{there}，而这次启动会写入{asked}：请用 --data-dir 另选目录，或用 --discard 丢弃其中的内容",
  ],
  serverOtherOrigin: [
    "the database of DATABASE_URL holds {there}, and this start would add {asked}: name another database, or drop that one and create it anew",
    "DATABASE_URL 指定的数据库中是{there}，而这次启动会写入{asked}：请指定其他数据库，或删除后重建",
  ],
  folderUnknownOrigin: [
    "the data folder {path} holds rows of a version that did not record where they come from: if they are real TuShare's, start once with TUSHARE_TOKEN and --adopt; else choose another folder with --data-dir, or throw away what is there with --discard",
    "数据目录 {path} 中的数据来自未记录来源的旧版本：若确为 TuShare 真实数据，请设置 TUSHARE_TOKEN 并加 --adopt 启动一次；否则用 --data-dir 另选目录，或用 --discard 丢弃其中的内容",
  ],
  serverUnknownOrigin: [
    "the database of DATABASE_URL holds rows of a version that did not record where they come from: if they are real TuShare's, start once with TUSHARE_TOKEN and --adopt; else name another database, or drop that one and create it anew",
    "DATABASE_URL 指定的数据库中的数据来自未记录来源的旧版本：若确为 TuShare 真实数据，请设置 TUSHARE_TOKEN 并加 --adopt 启动一次；否则指定其他数据库，或删除后重建",
  ],
  discardNoServer: [
    "--discard throws away a data folder, and DATABASE_URL names a database elsewhere: drop that and create it anew",
    "--discard 只丢弃数据目录，而 DATABASE_URL 指定了别处的数据库：请自行删除并重建",
  ],
  discardNotOurs: [
    "--discard: {path} holds no database of this program, so nothing in it was thrown away",
    "--discard：{path} 中没有本程序的数据库，未丢弃任何内容",
  ],
  oldData: [
    "Data of an earlier version lies in {home}/postgres; this start leaves it alone. --data-dir {folder} uses it.",
    "{home}/postgres 中有旧版本的数据，这次启动不会动它；--data-dir {folder} 可继续使用。",
  ],
  adoptNeedsToken: [
    "--adopt is for data of the real TuShare: set TUSHARE_TOKEN too",
    "--adopt 用于 TuShare 真实数据：请同时设置 TUSHARE_TOKEN",
  ],
  urlNeedsToken: [
    "TUSHARE_URL names an upstream, and TUSHARE_TOKEN is not set: set both, or neither",
    "设置了 TUSHARE_URL，却没有 TUSHARE_TOKEN：请同时设置，或都不设置",
  ],
  tokenMalformed: [
    "TUSHARE_TOKEN holds white space or signs that no token has: copy it again from your account's page on https://tushare.pro",
    "TUSHARE_TOKEN 含有空白或不应有的字符：请从 https://tushare.pro 的个人主页重新复制",
  ],
  allowedAddress: [
    "an https address (http to this machine only), for example {example}",
    " https 地址（http 仅限本机），例如 {example}",
  ],
  twoUpstreams: [
    "--captured and TUSHARE_TOKEN name two upstreams: give one of them",
    "--captured 与 TUSHARE_TOKEN 指定了两个数据来源：只能给出其中一个",
  ],
  optionOfTrials: [
    "{option} is for the simulated upstream, and TUSHARE_TOKEN names the real one",
    "{option} 只用于模拟上游，而 TUSHARE_TOKEN 指定了真实的 TuShare",
  ],
  stocksOfMarket: [
    "--stocks is for the simulated market, and --captured names another upstream",
    "--stocks 只用于模拟市场，而 --captured 指定了其他数据来源",
  ],
  capturedRefused: ["--captured: {why}", "--captured：{why}"],
  tokenRefused: [
    "TuShare refuses TUSHARE_TOKEN, and nothing was stored: {why}",
    "TuShare 不接受 TUSHARE_TOKEN，未存储任何数据：{why}",
  ],
  tokenNotTried: [
    "TuShare at {host} could not be asked about TUSHARE_TOKEN, and nothing was stored: {why}; check the way out to the internet and try again",
    "无法向 {host} 的 TuShare 检验 TUSHARE_TOKEN，未存储任何数据：{why}；请检查网络出口后重试",
  ],

  // A value that is refused. Every door says it in its own words: an option, a field of JSON, a field of a form.
  valueIs: ["{field} is {value}, expected {allowed}", "{field} 为 {value}，应为{allowed}"],
  didYouMean: ["did you mean {suggestion}?", "是否想写 {suggestion}？"],
  unknownField: ["unknown field {field}, expected {known}", "未知字段 {field}，应为 {known}"],
  unknownCommand: ["there is no command {command}", "没有命令 {command}"],
  unknownCommandMeans: [
    "there is no command {command}: did you mean {suggestion}?",
    "没有命令 {command}：是否想写 {suggestion}？",
  ],
  unknownOption: ["there is no option {option}", "没有选项 {option}"],
  unknownOptionMeans: [
    "there is no option {option}: did you mean {suggestion}?",
    "没有选项 {option}：是否想写 {suggestion}？",
  ],
  optionTwice: ["{option} is given twice: give it once", "{option} 给出了两次：请只给一次"],
  allowedSome: ["something", "非空值"],
  notACommand: [
    "{value} is no such command, expected one of the fields {fields}",
    "{value} 不是命令，应含有以下字段之一：{fields}",
  ],
  forExample: ["for example {example}", "例如 {example}"],
  eitherOf: [
    "{one} is {oneValue} and {other} is {otherValue}: give one of them",
    "{one} 为 {oneValue}，{other} 为 {otherValue}：只能给出其中一个",
  ],
  dayAfter: ["{from} is {first}, which is after {to}, {last}", "{from} 为 {first}，晚于 {to} 的 {last}"],
  goesOnlyWith: ["{option} goes only with {other}", "{option} 只能与 {other} 同用"],
  goesNotWith: ["{option} does not go with {other}", "{option} 不能与 {other} 同用"],
  aTask: ["a task", "指定的任务"],
  otherFormat: ["another --format", "其他 --format"],
  accountCommands: ["deploy and destroy: their option is --stage", "deploy 和 destroy：请用 --stage"],
  bothAccountCommands: ["deploy and destroy", "deploy 和 destroy"],
  notTaken: ["{field} is no option of {job}, which takes {taken}", "{job} 不支持 {field}，可用的有 {taken}"],
  notBeside: [
    "{field} is {value}, which does not go with {other}: an answer by report period is about all stocks",
    "{field} 为 {value}，不能与 {other} 同时给出：按报告期的返回是所有股票的",
  ],
  allowedTaken: ["nothing: {job} takes only {taken}", "空：{job} 只支持 {taken}"],
  allowedNotBeside: [
    "nothing beside {other}: an answer by report period is about all stocks",
    "空：按报告期的返回是所有股票的，不能与 {other} 同时给出",
  ],
  missing: ["missing", "缺失"],
  allowedChoice: ["one of {choices}", "以下之一：{choices}"],
  allowedJobs: ["a list of jobs, each one of {choices}", "作业的列表，取自：{choices}"],
  allowedDay: ["a day that exists, as YYYYMMDD or YYYY-MM-DD", "存在的日期，格式 YYYYMMDD 或 YYYY-MM-DD"],
  allowedDayAs: ["a day such as {example} or {otherExample}", "日期，例如 {example} 或 {otherExample}"],
  allowedDayExample: ["a day as YYYYMMDD, for example {example}", "日期，格式 YYYYMMDD，例如 {example}"],
  allowedWhole: ["a whole number from {least} to {most}", " {least} 到 {most} 的整数"],
  allowedWholeExample: [
    "a whole number from {least} to {most}, for example {example}",
    " {least} 到 {most} 的整数，例如 {example}",
  ],
  allowedNumberExample: [
    "a number from {least} to {most}, for example {example}",
    " {least} 到 {most} 的数，例如 {example}",
  ],
  allowedCodes: [
    "a list of 1 to {most} TuShare codes such as 600519.SH",
    "1 到 {most} 个 TuShare 代码的列表，例如 600519.SH",
  ],
  allowedCodesText: ["TuShare codes such as {example}", " TuShare 代码，例如 {example}"],
  allowedAlone: ["nothing beside {other}: give one of them", "空：它与 {other} 只能给出其中一个"],
  allowedNotAfter: ["a day that is not after {to}, {last}", "不晚于 {to}（{last}）的日期"],
  allowedTruth: ["true or false", " true 或 false"],
  allowedText: ["a text of 1 to {most} characters", " 1 到 {most} 个字符的文本"],
  allowedTask: ["the id of a task", "任务编号"],
  allowedTaskOrAll: ['the id of a task, or "all"', '任务编号，或 "all"'],
  allowedFailureOrAll: ['the number of a failure record, or "all"', '失败记录的编号，或 "all"'],
  allowedFreshness: ['the text "freshness"', ' "freshness"'],
  allowedRun: ["a run, such as {example}", "一次运行，例如 {example}"],

  // Units: why one did not succeed. {what} names the interface and the slice.
  notInLedger: ["{unit}: its task {task} is not in the ledger", "{unit}：其任务 {task} 不在账本中"],
  answerEmpty: ["{what}: the answer is empty", "{what}：返回为空"],
  calendarHole: [
    "{what}: the trading day before {day} is {before}, but the answer holds {expected}",
    "{what}：{day} 的上一交易日写作 {before}，而返回数据中是 {expected}",
  ],
  calendarBeginsLate: [
    "{what}: the trading day before {day} is {before}, but the answer begins after it",
    "{what}：{day} 的上一交易日是 {before}，而返回数据从其后才开始",
  ],
  answerEnds: [
    "{what}: the answer ends on {last}, before {due}",
    "{what}：返回数据到 {last} 为止，早于 {due}",
  ],
  answerBegins: [
    "{what}: the answer begins on {first}, after {from}",
    "{what}：返回数据从 {first} 开始，晚于 {from}",
  ],
  answerGap: [
    "{what}: the answer has no day between {before} and {after}",
    "{what}：返回数据在 {before} 与 {after} 之间缺日",
  ],
  listShort: [
    "{what}: {rows} rows, and there were {before}: less than {percent} %, SYNC_LIST_SHARE_MIN",
    "{what}：只有 {rows} 行，而此前有 {before} 行：不足 SYNC_LIST_SHARE_MIN 规定的 {percent} %",
  ],
  listEmpty: ["{what}: the list of what is listed is empty", "{what}：上市列表为空"],
  stillNotWhole: ["{what}: still not whole after {calls} calls", "{what}：调用 {calls} 次后仍不能确认完整"],
  capForOneDay: ["{what}: {rows} rows for one day, the cap", "{what}：单日返回 {rows} 行，已达上限"],
  pageRepeats: [
    "{what}: the page at offset {offset} repeats an earlier row",
    "{what}：偏移 {offset} 的一页与前面重复",
  ],
  emptyPageSaysMore: ["{what}: an empty page says there is more", "{what}：返回空页，却称还有更多"],
  dayEmpty: ["{day}: an open day answered no rows", "{day}：交易日没有返回任何行"],
  dayShort: [
    "{day}: {rows} rows, the open day before has {before}",
    "{day}：只有 {rows} 行，而上一交易日有 {before} 行",
  ],
  dayShortOfList: [
    "{day}: {rows} rows, and {listed} stocks are listed",
    "{day}：只有 {rows} 行，而上市股票有 {listed} 只",
  ],
  detailShort: [
    "{day}: {rows} rows of {detail} for {mainRows} of {main}",
    "{day}：{detail} 只有 {rows} 行，而 {main} 有 {mainRows} 行",
  ],
  rowWidth: [
    "{what} row {row}: {count} values, expected {width}",
    "{what} 第 {row} 行：{count} 个值，应为 {width} 个",
  ],
  noColumn: [
    "{what}: reply has no column {column}, only {columns}",
    "{what}：返回中没有列 {column}，只有 {columns}",
  ],
  rowRefused: ["{what} row {row} ({identity}): {why}", "{what} 第 {row} 行（{identity}）：{why}"],
  cellMissing: ["{column} is missing", "缺少 {column}"],
  cellNotAsked: ["{column} is not the {asked} asked for", "{column} 不是所请求的 {asked}"],
  cellOutside: ["{column} is outside {from} to {to}", "{column} 不在 {from} 到 {to} 之间"],
  statusNotAsked: [
    "list_status is {status}, asked for {asked}",
    "list_status 为 {status}，而请求的是 {asked}",
  ],
  noTradingDay: ["the calendar has no trading on that day", "按日历该日休市"],
  cellCode: ["a code such as 600519.SH", "代码，例如 600519.SH"],
  cellDay: ["a day as YYYYMMDD", "日期，格式 YYYYMMDD"],
  cellNumber: ["a JSON number or null", " JSON 数字或 null"],
  cellText: ["text without control characters", "不含控制字符的文本"],
  cellFlag: ["0 or 1", " 0 或 1"],
  noInterface: ["dataset {dataset} has no interface", "数据集 {dataset} 没有接口"],
  messageNotJson: ["message of {count} characters is not JSON", "{count} 个字符的消息不是 JSON"],
  messageNotUnit: ["message is not a unit: {fields} does not fit", "消息不是单元：{fields} 不符合"],
  unreadable: ["unreadable", "无法读取"],

  // The outside, as the adapters met it. {said} is its own text, in whatever language.
  noAnswer: ["{what}: no answer ({said})", "{what}：没有应答（{said}）"],
  httpStatus: ["{what}: HTTP {status}, {excerpt}", "{what}：HTTP {status}，{excerpt}"],
  replyTooLarge: ["{what}: reply passes {bytes} bytes", "{what}：返回超过 {bytes} 字节"],
  replyNotJson: ["{what}: reply is not JSON, {excerpt}", "{what}：返回不是 JSON，{excerpt}"],
  replyNotForm: [
    "{what}: reply is not TuShare's form at {fields}",
    "{what}：返回不是 TuShare 的格式，不符之处：{fields}",
  ],
  excerpt: ["{count} characters starting {text}", "共 {count} 个字符，开头为 {text}"],
  tushareSays: [
    "{what}: TuShare says {code} {said} (request {request})",
    "{what}：TuShare 返回 {code} {said}（请求 {request}）",
  ],
  tokenNotSet: [
    "the TuShare token is not set: put it into its secret (see the runbook)",
    "TuShare token 尚未设置：请写入密钥（见运维手册）",
  ],
  database: ["database: {said}", "数据库报错：{said}"],
  dispatcherUnreached: ["the dispatcher could not be reached: {said}", "无法连接调度函数：{said}"],
  dispatcherNotStarted: [
    "the dispatcher was not started: {status} {said}",
    "调度函数未启动：{status} {said}",
  ],
  queueRefused: [
    "work queue: {left} of {all} messages were not accepted",
    "工作队列：{all} 条消息中有 {left} 条未被接受",
  ],

  // `npm start`: what is typed, what the machine has, and how it goes.
  seeStartHelp: ["npm start -- --help lists the options", "npm start -- --help 列出全部选项"],
  optionTakesNone: ["{option} takes no value", "{option} 不带值"],
  optionNeedsValue: ["{option} needs a value", "{option} 缺少值"],
  unexpectedWord: ["the word {word} is not expected here", "这里不应有 {word}"],
  keptByNpm: [
    "npm kept {option} for itself: write two hyphens before the options, as in npm start -- {option}",
    "{option} 被 npm 自己取走了：选项前要加两个连字符，例如 npm start -- {option}",
  ],
  allowedFolder: ["a folder such as {example}", "文件夹，例如 {example}"],
  folderRefused: ["{option} names {value}, and {reason}", "{option} 指定的是 {value}：{reason}"],
  noSuchFolder: ["there is no such folder", "没有这个文件夹"],
  notAFolder: ["it is no folder", "它不是文件夹"],
  notReadable: ["it cannot be read", "无法读取"],
  notWritable: ["you have no right to write there", "没有写入权限"],
  diskFull: ["no space is left", "磁盘已满"],
  noCapturedAnswer: ["it holds no captured answer such as {example}", "其中没有保存的应答，例如 {example}"],
  faultsRefused: ["--faults: {why}", "--faults：{why}"],
  unknownSetting: [
    "there is no setting {name}: README.md lists them",
    "没有设置 {name}：全部设置见 README.zh.md",
  ],
  unknownSettingMeans: [
    "there is no setting {name}: did you mean {suggestion}?",
    "没有设置 {name}：是否想写 {suggestion}？",
  ],
  slotsHeldTooLong: [
    "WORKER_SLOTS {slots} with TUSHARE_MIN_INTERVAL {interval} hold a worker for {held} s after each call, and {most} s are allowed: lower one of them",
    "WORKER_SLOTS 为 {slots}、TUSHARE_MIN_INTERVAL 为 {interval} 时，每次调用后要占用工作进程 {held} 秒，上限为 {most} 秒：请调小其一",
  ],
  rateTooHigh: [
    "WORKER_SLOTS {slots} with TUSHARE_MIN_INTERVAL {interval} can make {calls} calls to one interface in a minute, and TUSHARE_CALLS_A_MINUTE allows {allowed}: raise TUSHARE_MIN_INTERVAL, lower WORKER_SLOTS, or set TUSHARE_CALLS_A_MINUTE to the account's own limit",
    "WORKER_SLOTS 为 {slots}、TUSHARE_MIN_INTERVAL 为 {interval} 时，每个接口一分钟可能达到 {calls} 次，而 TUSHARE_CALLS_A_MINUTE 只允许 {allowed} 次：请调大 TUSHARE_MIN_INTERVAL，调小 WORKER_SLOTS，或把 TUSHARE_CALLS_A_MINUTE 设为账户的实际上限",
  ],
  dataDirRefused: [
    "the data directory {path} cannot be used ({reason}): choose another with --data-dir",
    "数据目录 {path} 不可用（{reason}）：请用 --data-dir 换一个",
  ],
  dataDirInUse: [
    "the data directory {path} is in use by another process: stop it, or choose another with --data-dir",
    "数据目录 {path} 正被另一进程使用：请先停止它，或用 --data-dir 换一个",
  ],
  dataDirInUseBy: [
    "the data directory {path} is in use by process {pid}, started {since}: stop it, or choose another with --data-dir",
    "数据目录 {path} 正被进程 {pid} 使用（{since} 启动）：请先停止它，或用 --data-dir 换一个",
  ],
  serverUrl: [
    "DATABASE_URL is not a PostgreSQL URL; expected {example}.",
    "DATABASE_URL 不是 PostgreSQL 地址；应为 {example}。",
  ],
  serverRefused: [
    "The PostgreSQL server of DATABASE_URL ({place}) cannot be used: {reason}. Start it or correct DATABASE_URL, or unset DATABASE_URL to use the embedded database.",
    "无法使用 DATABASE_URL 的 PostgreSQL（{place}）：{reason}。请启动它或改正 DATABASE_URL；去掉 DATABASE_URL 则使用内置数据库。",
  ],
  serverTooOld: [
    "it is version {version}, and {least} or newer is needed",
    "其版本为 {version}，需要 {least} 或更新",
  ],
  nothingListens: ["nothing listens there", "该地址没有程序在监听"],
  hostUnknown: ["its host name is unknown", "主机名无法解析"],
  serverSilent: ["it does not answer within {seconds} s", "{seconds} 秒内没有应答"],
  engineRefused: [
    "The embedded database ({place}) does not start: {reason}",
    "内置数据库（{place}）无法启动：{reason}",
  ],
  noSpace: [
    "no space left in {folder}: free some and start again, what is stored stays",
    "{folder} 没有剩余空间：请腾出空间后重新启动，已入库的数据不受影响",
  ],
  logRefused: [
    "the log {file} cannot be written ({code}); the run goes on without it",
    "无法写入日志 {file}（{code}）；运行不受影响，继续进行",
  ],
  engineLost: ["The embedded database ({place}) is lost: {reason}", "内置数据库（{place}）已中断：{reason}"],
  engineEnded: ["it ended before it was ready", "尚未就绪就已结束"],
  inMemory: ["in memory", "内存中"],
  starting: ["starting the database, the upstream and the stack", "正在启动数据库、上游和各项服务"],
  pageIsAt: ["the page, with progress and prices: {url}", "进度与价格页面：{url}"],
  stillUp: [
    "Still up, with its schedules running. Ctrl-C stops it.",
    "仍在运行，定时任务照常执行。按 Ctrl-C 停止。",
  ],
  stopped: ["Stopped. The data stays in {path}.", "已停止。数据保留在 {path}。"],
  jobEnded: ["{job} ended {status}: {reason}", "{job} 以 {status} 结束：{reason}"],
  continuing: ["continuing {job} where it was left", "从上次停下的地方继续 {job}"],
  endedWithoutUnits: ["{status}: nothing to do", "{status}：无需处理"],
  settledUnits: ["{status}: {done}/{total} units, {rows} rows", "{status}：{done}/{total} 个单元，{rows} 行"],
  settledNeedy: [
    "{status}: {done}/{total} units, {rows} rows, {needy} need a person",
    "{status}：{done}/{total} 个单元，{rows} 行，{needy} 个需要人工处理",
  ],
  unitsRows: ["units, {rows} rows", "个单元，{rows} 行"],
  unitsNeedy: ["units, {rows} rows, {needy} need a person", "个单元，{rows} 行，{needy} 个需要人工处理"],
  summaryRows: [
    "rows       {rows} stored or already complete for what was asked, {units} units in {seconds} s",
    "行数       所要的共 {rows} 行已入库或已完整，{units} 个单元，用时 {seconds} 秒",
  ],
  summaryCalls: ["calls      {calls}", "调用       {calls}"],
  summaryLimit: [
    "limit      {refusals} refusals; at most {peak} of {allowed} calls to one interface in any 60 s, counted upstream",
    "限额       被拒 {refusals} 次；上游统计，任意 60 秒内单个接口最多 {peak} 次，上限 {allowed} 次",
  ],
  summaryFailure: ["failure    {failure}", "失败       {failure}"],
  summaryStored: [
    "stored     stock_daily {bars} rows ({first} to {last}), stock_info {stocks} stocks and {etfs} ETFs, fina_indicator {reports}, trade_cal {days}",
    "库中       stock_daily {bars} 行（{first} 至 {last}），stock_info 股票 {stocks} 只、ETF {etfs} 只，fina_indicator {reports} 行，trade_cal {days} 行",
  ],
  callsOfRun: [
    "{calls}; {perMinute} a minute to the busiest, {use} % of the configured pace",
    "{calls}；最忙的接口每分钟 {perMinute} 次，为设定速度的 {use} %",
  ],
  headlineBusy: [
    "{job} NOT STARTED, a paused task is in the way",
    "{job} 没有启动：一个已暂停的任务挡在前面",
  ],
  headlineNothing: ["{job} {status}, nothing to do", "{job} {status}，无需处理"],
  summaryRange: ["range      {from} to {to}", "范围       {from} 至 {to}"],
  summaryReason: ["reason     {reason}", "说明       {reason}"],
  byDefault: ["what it does by itself", "默认范围"],
  inTheWayFollowed: [
    "a task of {job} is in the way, which was asked for {asked}: it is followed to its end first",
    "{job} 已有一个任务在运行，其范围是 {asked}：先等它结束",
  ],
  nowAsAsked: ["now {job} as asked: {asked}", "现在按要求运行 {job}：{asked}"],
  callsNoneToday: ["none: it was fetched today already", "没有：今天已经获取过"],
  callsNoneBecause: ["none: {why}", "没有：{why}"],
  callsNoneAtAll: ["none at all", "没有"],
  callsNone: ["none: everything asked for was here already", "没有：所要的都已入库"],
  tryNext: ["Try next:", "接下来可以："],
  hint: ["{command}     {about}", "{command}     {about}"],
  hintStay: [
    "stays up: SQL, HTTP API, command line and page, with its schedules running",
    "持续运行：可用 SQL、HTTP API、命令行和页面，定时任务照常执行",
  ],
  hintCodes: ["the whole life of two stocks", "两只股票上市以来的全部日线"],
  hintIncrement: ["what is new, and holes of the last 60 days", "新的交易日，以及最近 60 天的缺口"],
  hintEtfList: ["the list of exchange-traded funds", "ETF 列表"],
  hintEtf: ["prices of exchange-traded funds", "ETF 日线"],
  hintFinance: ["financial indicators", "财务指标"],
  hintStatus: ["the newest tasks", "最近的任务"],
  hintPage: [
    "tasks, failures, coverage and charts in your browser",
    "在浏览器中查看任务、失败、数据覆盖和图表",
  ],
  logsAreIn: ["the functions' logs are in {file}", "函数日志在 {file}"],
  queryIt: ["Query it:", "查询："],
  startAsOnAws: [
    "Start a backfill, exactly as on AWS (version 2 of the aws command also wants {flag}):",
    "启动回补，与 AWS 上完全相同（aws 命令第 2 版还需加 {flag}）：",
  ],
  overHttp: [
    "The same and the data over HTTP (docs/api.md):",
    "通过 HTTP 做同样的事并取数据（docs/api.md）：",
  ],
  makeTrouble: ["Trouble for the simulated TuShare:", "让模拟的 TuShare 出故障："],
  triedAgain: ["{unit} is tried again: {why}", "{unit} 将重试：{why}"],
  secondsLeft: ["{seconds} s left", "还需 {seconds} 秒"],
} as const satisfies Readonly<Record<string, readonly [english: string, chinese: string]>>;

export type SentenceName = keyof typeof sentences;

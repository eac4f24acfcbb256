// The Chinese of comments written by hand in migrations: views, ledger, functions. Comments of the datasets' tables
// have theirs in the datasets' files.
import { commentOf, type WantedTable } from "../schema/tables.ts";
import { dataCheckMeaning } from "../shared/catalogue/checks.ts";
import type { ColumnWords } from "../shared/catalogue/dataset.ts";
import { measures } from "../shared/catalogue/measures.ts";

/** Key: the comment as the database has it. `npm run docs` fails when one is missing. */
// biome-ignore format: one line a comment
const chineseComments: Readonly<Record<string, string>> = {
  "When this row was stored or last changed here": "本行在此存入或最近改动的时刻",
  "The codes of the last answer for each part of a list of securities. A code that was listed before and is in none of them is gone": "证券列表各部分最近一次返回的代码。以前在列表中、现在哪个部分都没有的代码视为消失",
  "The part of the list, the key of its unit": "列表的一部分，即其单元的键",
  "The task of the answer": "返回该结果的任务",
  "The codes in it": "其中的代码",
  "When it was stored": "存入的时刻",
  "Stocks that traded on under another code. Their daily data is stored under both codes: that of the new code goes back to the listing": "换过代码并继续交易的股票。日线数据在新旧两个代码下都有：新代码的数据一直追溯到上市日",
  "Code before the move, such as 300114.SZ": "换代码前的代码，如 300114.SZ",
  "Code since the move, such as 302132.SZ": "换代码后的代码，如 302132.SZ",
  "First trading day of the new code": "新代码的首个交易日",
  "Where the move is known from, bse_mapping for the Beijing exchange, known for the moves in shared/catalogue/code-moves.ts": "换代码信息的来源：北交所为 bse_mapping，shared/catalogue/code-moves.ts 中的为 known",
  "The one current version of each report: the corrected one first, then the latest announced after the period ended, then the fullest": "每份财报当前有效的一个版本：更正后的优先，其次是报告期结束后最晚公告的，再次是指标最全的",
  "Where every mirrored row of this database comes from: one row, recorded before the first of them and never changed": "本库所有镜像数据的来源：只有一行，在第一行数据之前写入，此后不变",
  "Always true: the key that keeps this one row": "恒为真：保证只有一行的键",
  "tushare: the real TuShare; simulated: the generated market of a trial; captured: answers kept from earlier; address: what answers at an address that is not TuShare's own": "tushare：真实的 TuShare；simulated：试用的模拟市场；captured：以前保存的返回结果；address：非 TuShare 官方地址的服务",
  "Tells it from others of its kind: api.tushare.pro; seed and size of the market; name and content of the folder; the address": "与同类来源区分：api.tushare.pro；模拟市场的种子和规模；文件夹的名称和内容；地址",
  "When it was recorded": "写入的时刻",
  "Migrations that were applied": "已执行的迁移",
  "File name in migrations/": "migrations/ 中的文件名",
  "SHA-256 of the file when it was applied": "执行时文件的 SHA-256",
  "When it was applied": "执行的时刻",
  "Backward adjusted (hfq) daily prices of stocks and ETFs, price x factor. A day keeps its values whatever comes later": "股票和 ETF 的后复权日线，价格 × 复权因子。某日的值不受以后的影响",
  "Opening price, CNY, backward adjusted, rounded to 5 decimals; null without a factor": "开盘价，元，后复权，保留 5 位小数；无复权因子时为空",
  "Highest price, CNY, backward adjusted, rounded to 5 decimals; null without a factor": "最高价，元，后复权，保留 5 位小数；无复权因子时为空",
  "Lowest price, CNY, backward adjusted, rounded to 5 decimals; null without a factor": "最低价，元，后复权，保留 5 位小数；无复权因子时为空",
  "Closing price, CNY, backward adjusted, rounded to 5 decimals; null without a factor": "收盘价，元，后复权，保留 5 位小数；无复权因子时为空",
  "Reference price with the factor of the same day, CNY, backward adjusted, rounded to 5 decimals; null without a factor": "昨收价（除权参考价），按当日复权因子，元，后复权，保留 5 位小数；无复权因子时为空",
  "close less pre_close of this row, CNY": "本行的 close 减 pre_close，元",
  "Change against pre_close, percent, as TuShare sends it; the same adjusted or not": "涨跌幅，相对 pre_close，%，TuShare 原值；复权与否相同",
  "Volume, lots of 100 shares, unadjusted": "成交量，手，未复权",
  "Turnover, thousand CNY, unadjusted": "成交额，千元，未复权",
  "Cumulative adjustment factor that applies, no unit; null when the code has none up to this day": "适用的累计复权因子，无单位；该代码截至当日没有因子时为空",
  "Whether the factor of this day is missing and that of the latest day before it is used": "当日复权因子是否缺失并沿用了之前最近一日的",
  "Forward adjusted (qfq) daily prices of stocks and ETFs, price x factor / factor of the base day, which is the newest stored day of the code that has a factor. For another base see stock_daily_qfq_at": "股票和 ETF 的前复权日线，价格 × 复权因子 ÷ 基准日因子；基准日是该代码已存的、有因子的最新一日。其他基准日见 stock_daily_qfq_at",
  "Opening price, CNY, forward adjusted, rounded to 5 decimals; null without a factor": "开盘价，元，前复权，保留 5 位小数；无复权因子时为空",
  "Highest price, CNY, forward adjusted, rounded to 5 decimals; null without a factor": "最高价，元，前复权，保留 5 位小数；无复权因子时为空",
  "Lowest price, CNY, forward adjusted, rounded to 5 decimals; null without a factor": "最低价，元，前复权，保留 5 位小数；无复权因子时为空",
  "Closing price, CNY, forward adjusted, rounded to 5 decimals; null without a factor": "收盘价，元，前复权，保留 5 位小数；无复权因子时为空",
  "Reference price with the factor of the same day, CNY, forward adjusted, rounded to 5 decimals; null without a factor": "昨收价（除权参考价），按当日复权因子，元，前复权，保留 5 位小数；无复权因子时为空",
  "Day whose prices are left as they are, the newest with a factor; null when the code has no factor": "价格保持不变的基准日，即有因子的最新一日；该代码没有因子时为空",
  "Adjustment factor of base_date, no unit; null when the code has no factor": "base_date 的复权因子，无单位；该代码没有因子时为空",
  "Unadjusted daily prices with the factor that applies. A missing factor is the latest before it, and says so": "未复权日线及适用的复权因子。缺失的因子沿用之前最近的一个，并注明",
  "Failure records, each with what becomes of it: whether a person is needed or another attempt awaited": "失败记录及其后续：需要人处理，还是会再次尝试",
  "Identity, as used by the retry command": "编号，retry 命令使用它",
  "The job whose unit failed": "失败单元所属的作业",
  "The unit that failed, or a digest of the message when it could not be read": "失败的单元；消息无法读取时为其摘要",
  "The task of the last failed attempt; null when the message could not be read": "最近一次失败所在的任务；消息无法读取时为空",
  "The unit within that task; null when the message could not be read": "该任务中的单元序号；消息无法读取时为空",
  "Of the unit: what it fetches; null when the message could not be read": "单元获取的数据集；消息无法读取时为空",
  "Of the unit: which part of the dataset; null when the message could not be read": "单元覆盖的数据集部分；消息无法读取时为空",
  "The stock, where the unit is one stock; null otherwise": "单元为一只股票时的代码；否则为空",
  "transient, rate-limited or permanent": "transient（暂时）、rate-limited（限频）或 permanent（永久）",
  "What was being done, to what, what came and what was expected": "在做什么、对象是什么、得到了什么、应为什么",
  "Retries spent after the first failure": "首次失败后已用的重试次数",
  "Retries allowed before a person is needed": "需要人处理之前允许的重试次数",
  "When it first failed": "首次失败的时刻",
  "When it last failed": "最近一次失败的时刻",
  "When it is tried again; null when a person is needed": "再次尝试的时刻；需要人处理时为空",
  "When the unit succeeded after all; null while open": "单元最终成功的时刻；未解决时为空",
  "Of the unit: its status now; null when the message could not be read": "单元当前的状态；消息无法读取时为空",
  "Open, and nobody tries it again by itself": "未解决，且不会自动再试",
  "Open, and dropped with its cancelled task: only another task will fetch its unit": "未解决，已随被取消的任务放弃：只有别的任务会再获取该单元",
  "Open, and another attempt will be made at next_attempt_at; where that time has passed, it is under way": "未解决，将在 next_attempt_at 再次尝试；该时刻已过则正在进行",
  "Why a unit did not succeed. Open until resolved_at is set": "单元未成功的原因。resolved_at 有值之前为未解决",
  "One run of a job. At most one is PENDING or RUNNING for a job_type": "作业的一次运行。同一 job_type 至多有一个处于 PENDING 或 RUNNING",
  "Identity of the run": "运行的编号",
  "The job that was started, as named in the job catalogue": "所启动的作业，与作业目录中的名称一致",
  "PENDING until planned, RUNNING, COMPLETED when every unit is done, FAILED when units are parked or no plan could be made, CANCELLED by a command or for a start by stock, PAUSED": "PENDING 规划完成之前，RUNNING 运行中，COMPLETED 所有单元完成，FAILED 有单元搁置或无法规划，CANCELLED 被命令取消或改为按股票启动，PAUSED 暂停",
  "Sequence of the last unit confirmed sent to the work queue; the fan-out continues after it": "已确认发入工作队列的最后一个单元的序号；分发从其后继续",
  "Times it was resumed; a fan-out begun before the last time confirms nothing": "恢复的次数；最近一次恢复之前开始的分发不再确认",
  "Units in one step of the fan-out": "一步分发的单元数",
  "Units planned": "规划的单元数",
  "Units done": "完成的单元数",
  "Units parked, each needing a person": "搁置的单元数，每个都需要人处理",
  "The command that started the run": "启动这次运行的命令",
  "The start it answers to, a tick of a schedule or a request; the same start opens nothing twice. Null when nobody named one": "对应的启动，一次定时或一个请求；同一启动不会重复打开任务。未指明时为空",
  "Why it is paused, failed or cancelled, or what to know about it; null when there is nothing to say": "暂停、失败或取消的原因，或需要知道的事；没有说明时为空",
  "When it was opened": "打开的时刻",
  "When its row last changed": "本行最近改动的时刻",
  "When it ended; null while it has not": "结束的时刻；未结束时为空",
  "The smallest piece of a task that succeeds or fails whole. One unit is one message": "任务中整体成功或整体失败的最小部分。一个单元是一条消息",
  "The task it belongs to": "所属的任务",
  "Place in the fan-out, from 1": "在分发中的次序，从 1 开始",
  "The dataset it mirrors, as named in the dataset catalogue": "所镜像的数据集，与数据集目录中的名称一致",
  "What it covers, readable and the same in every task, such as stock_daily/20240102": "覆盖的内容，可读，在每个任务中相同，如 stock_daily/20240102",
  "What it covers, for the program": "覆盖的内容，供程序使用",
  "Retry of its failure record it was planned as; 0 when it had none": "作为其失败记录的第几次重试而规划；没有记录时为 0",
  "pending, sent to the queue, done, not_due (upstream has not published yet), failed (another attempt is planned), parked (needs a person)": "pending 待发，sent 已发入队列，done 完成，not_due 上游尚未发布，failed 已安排再次尝试，parked 搁置，需要人处理",
  "Rows of the answer that was proven complete and stored; null until done": "已确认完整并存储的返回结果行数；完成之前为空",
  "Deliveries of its message up to the last outcome": "截至最近一次结果，其消息的投递次数",
  "Why the last attempt failed; null when none has": "最近一次尝试失败的原因；没有失败时为空",
  "When it was last sent to the work queue": "最近一次发入工作队列的时刻",
  "When it last reached an outcome": "最近一次得到结果的时刻",
  "Rows that TuShare was asked for and did not have: a security on a trading day": "向 TuShare 取过而没有的行：某证券在某交易日",
  "TuShare code; empty when the interface had no row at all for that day": "TuShare 代码；接口当日一行也没有时为空串",
  "The interface without a row: the main one, or one whose values the stored row lacks": "没有行的接口：主接口，或已存储的行缺少其字段的接口",
  "no_data when the interfaces agree that there is none; unexplained when nothing says why": "no_data 各接口一致表明没有；unexplained 原因不明",
  "Runs that looked for it and did not find it; an unexplained absence is looked for three times": "取过而没有取到的次数；原因不明的缺失最多取三次",
  "When it was last looked for": "最近一次去取的时刻",
  "Trading days of which nothing is missing. A day is removed when one of its rows goes": "什么都不缺的交易日。当日有行被删除时，该日从表中移除",
  "Securities listed on that day": "当日上市的证券数",
  "A sum over their codes, no unit: the day is checked again when the list gives another one": "由这些代码算出的和：列表变化后若不相等，该日重新核对",
  "Listed securities with a row": "其中有行的证券数",
  "Listed securities without a row that are known to have none, such as suspended ones": "其中已知没有行的证券数，如停牌",
  "Listed securities whose row, or the values of an interface in it, were not found and nobody knows why": "其中取不到行或取不到某接口的字段、且原因不明的证券数",
  "When this was found": "核对的时刻",
  "stock_daily_qfq with another base, the newest day of each code up to base_day that has a factor. Days after base_day are there too, on the same base": "换一个基准日的 stock_daily_qfq：每个代码截至 base_day 有因子的最新一日。base_day 之后的日子也在其中，基准相同",
};

/** The Chinese of a comment, from the table above or from a dataset's file; undefined when neither has it. */
export function chineseOf(comment: string, tables: readonly WantedTable[]): string | undefined {
  if (comment in chineseComments) return chineseComments[comment];
  const abouts = tables.map(({ words }) => [words.about.en, words.about.zh] as const);
  const columns = tables.flatMap((table) =>
    table.columns.flatMap(({ words }) => (words ? [[commentOf(words), chineseComment(words)] as const] : [])),
  );
  const { en, zh } = dataCheckMeaning();
  return [...abouts, ...columns, [en, zh] as const].find(([english]) => english === comment)?.[1];
}

/** Like commentOf: meaning, then unit, then the meaning of null. */
function chineseComment([measure, , meaning]: ColumnWords): string {
  const unit = measures[measure].zh;
  const [what = "", ...more] = meaning.split("；");
  return [unit === "" ? what : `${what}（${unit}）`, ...more].join("；");
}

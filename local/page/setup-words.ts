// The words of the page's way to one's own data, in two languages. What is found out is said in those of the command line.
import type { PageWords } from "./words.ts";

type SetupWords = Readonly<
  Record<
    | "summary"
    | "needs"
    | "token"
    | "points"
    | "ask"
    | "datasets"
    | "check"
    | "write"
    | "answer"
    | "waiting"
    | "lost"
    | "away",
    string
  >
>;

export const setupWords: Readonly<Record<PageWords["language"], SetupWords>> = {
  en: {
    summary: "SIMULATED: use your own data from TuShare",
    needs:
      "Real data need a TuShare account and its token; prices need 2,000 points. The token goes to TuShare and into a file that only you can read. What is simulated stays in a folder of its own, and is never mixed with real data. Your token is on your account page at",
    token: "TuShare token",
    points: "Points of the account",
    ask: "ask TuShare",
    datasets: "Datasets to keep up to date",
    check: "Check what works",
    write: "Use my data",
    answer: "What your account allows",
    waiting: "Asking TuShare …",
    lost: "npm start does not answer; it may have been stopped.",
    away: "npm start has not come back here: its terminal says why, or where the page is now.",
  },
  "zh-CN": {
    summary: "当前为模拟数据：换成自己的 TuShare 数据",
    needs:
      "真实数据需要 TuShare 账户及其 token；行情需要 2,000 积分。token 只发往 TuShare，并保存在仅本人可读的文件中；模拟数据在单独的目录里，绝不会与真实数据混在一起。token 见个人主页：",
    token: "TuShare token",
    points: "账户积分",
    ask: "向 TuShare 查询",
    datasets: "持续更新的数据集",
    check: "检查能用什么",
    write: "使用我的数据",
    answer: "账户能做什么",
    waiting: "正在向 TuShare 查询……",
    lost: "npm start 没有响应，可能已停止。",
    away: "npm start 没有在此恢复：请看它的终端，那里有原因或新的页面地址。",
  },
};

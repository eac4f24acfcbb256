// Profiles of companies. One call has at most 4,500, so each exchange is asked for by itself. Two long texts,
// introduction and business_scope, are not kept.
import { type DatasetSpec, type DatasetWords, days, numbers, onDemand, text } from "../dataset.ts";

export const spec = {
  title: { en: "company profiles", zh: "上市公司基本信息" },
  table: "stock_company",
  key: ["ts_code"],
  main: {
    name: "stock_company",
    columns: [
      { name: "ts_code", type: "code", required: true },
      ...text("com_name", "com_id", "exchange", "chairman", "manager", "secretary"),
      ...numbers("reg_capital"),
      ...days("setup_date"),
      ...text("province", "city", "website", "email"),
      ...onDemand(text("office")),
      ...numbers("employees"),
      ...onDemand(text("main_business")),
      ...onDemand(days("ann_date")),
    ],
    answers: ["whole"],
    each: { parameter: "exchange", values: ["SSE", "SZSE", "BSE"] },
    points: 120,
    rowCap: 4_500,
  },
  details: [],
  slices: "lists",
  expects: "before",
  rowsOfSlice: 6_000,
  set: "finance",
  cadence: "weekly",
  documentation: [112],
  lists: () => [{ by: "whole" }],
} as const satisfies DatasetSpec;

export const words: DatasetWords = {
  about: {
    en: "Profiles of listed companies, from the interface stock_company",
    zh: "上市公司基本信息，来自接口 stock_company",
  },
  // biome-ignore format: one line a column
  columns: {
    ts_code: ["none", "TuShare code, such as 600519.SH", "TuShare 代码，如 600519.SH"],
    com_name: ["none", "Full name of the company", "公司全称"],
    com_id: ["none", "Unified social credit code", "统一社会信用代码"],
    exchange: ["none", "Exchange, SSE, SZSE or BSE", "交易所，SSE、SZSE 或 BSE"],
    chairman: ["none", "Legal representative", "法人代表"],
    manager: ["none", "General manager", "总经理"],
    secretary: ["none", "Board secretary", "董秘"],
    reg_capital: ["ten thousand CNY", "Registered capital", "注册资本"],
    setup_date: ["none", "Day of its foundation", "注册日"],
    province: ["none", "Province", "省份"],
    city: ["none", "City", "城市"],
    website: ["none", "Web site", "公司主页"],
    email: ["none", "E-mail", "电子邮件"],
    office: ["none", "Address of the office", "办公地址"],
    employees: ["number", "Employees", "员工人数"],
    main_business: ["none", "What it does mainly", "主要业务及产品"],
    ann_date: ["none", "Day of the announcement that TuShare took it from", "信息来源的公告日"],
  },
};

// Words the generated companies and funds are named with; invented combinations, no real issuer is meant. Data only.
import { words } from "./finance-fields.ts";

/** Syllables of company names with their pinyin, from which the initials come. */
export const syllables = pairs(`
华hua 信xin 天tian 海hai 金jin 德de 瑞rui 恒heng 盛sheng 泰tai 新xin 中zhong 东dong 远yuan 通tong 科ke 创chuang 宏hong 达da 嘉jia
安an 润run 光guang 丰feng 长chang 江jiang 龙long 腾teng 鼎ding 利li 兴xing 凯kai 博bo 亚ya 联lian 合he 国guo 元yuan 源yuan 精jing
川chuan 云yun 星xing 力li 方fang 正zheng 康kang 美mei 威wei 时shi 铭ming 朗lang 卓zhuo 汇hui 聚ju 启qi 隆long 祥xiang 益yi 航hang`);

/** What a company does: the end of its name with the pinyin, and the industry as the upstream calls it. */
export const trades: readonly (readonly [string, string, string])[] = words(`
科技/keji/软件服务 股份/gufen/专用机械 电子/dianzi/元器件 药业/yaoye/化学制药 生物/shengwu/生物制药 医疗/yiliao/医疗保健 智能/zhineng/机械基件
材料/cailiao/化工原料 电气/dianqi/电气设备 能源/nengyuan/新型电力 环保/huanbao/环境保护 汽车/qiche/汽车配件 精工/jinggong/工程机械
通信/tongxin/通信设备 食品/shipin/食品 集团/jituan/综合类 控股/konggu/全国地产 银行/yinhang/银行 证券/zhengquan/证券 电力/dianli/火力发电
钢铁/gangtie/普钢 矿业/kuangye/小金属 黄金/huangjin/黄金 酒业/jiuye/白酒 家居/jiaju/家居用品 传媒/chuanmei/影视音像 软件/ruanjian/软件服务
微电/weidian/半导体 半导/bandao/半导体 机电/jidian/电气设备 化学/huaxue/农药化肥 农业/nongye/种植业 物流/wuliu/仓储物流 航空/hangkong/航空
港口/gangkou/港口 高速/gaosu/路桥 建设/jianshe/建筑工程 水泥/shuini/水泥 纸业/zhiye/造纸 纺织/fangzhi/纺织 数据/shuju/互联网 光电/guangdian/元器件`).map(
  (word) => {
    const [end = "", pinyin = "", industry = ""] = word.split("/");
    return [end, pinyin, industry] as const;
  },
);

export const areas =
  words(`北京 上海 深圳 浙江 江苏 广东 山东 福建 四川 安徽 湖北 湖南 河南 河北 辽宁 陕西 重庆 天津 江西 吉林 黑龙江 山西
云南 广西 新疆 贵州 甘肃 内蒙 海南 宁夏 青海 西藏`);

export const controllers = words(
  "国务院国有资产监督管理委员会 地方国有资产监督管理委员会 无实际控制人 王建国 李志强 张伟 陈明 刘洋 赵磊 周敏",
);

export const indices =
  words(`沪深300 中证500 上证50 中证1000 创业板指 科创50 半导体 医药 消费 新能源车 光伏 军工 银行 证券 红利低波 恒生科技 黄金 国债
人工智能 机器人 通信 有色 煤炭 电力 传媒 游戏 基建 农业 食品饮料 酒 创新药 医疗器械 芯片 软件 云计算 大数据 央企 国企改革 A500 纳指100`);

export const fundHouses = words(
  `华岳 易信 南泰 博源 广瑞 嘉恒 富安 招润 汇德 国元达 银海 天盛 中远 东兴 鹏科 景泰 工信 建合 交云 万星`,
);

export const custodians = words("中国银行 中国工商银行 中国建设银行 中国农业银行 交通银行 招商银行 中信银行");

function pairs(text: string): readonly (readonly [string, string])[] {
  return words(text).map((word) => [word.slice(0, 1), word.slice(1)] as const);
}

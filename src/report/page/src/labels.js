// Words of the page in English and Chinese. Definitions and units come from the result itself.

let language = "en";
export const currentLanguage = () => language;
export function setLanguage(code) {
  language = code;
  document.documentElement.lang = code === "zh" ? "zh-CN" : "en";
}
/** The text of a pair [English, Chinese]. */
export const say = (pair) => (Array.isArray(pair) ? pair[language === "zh" ? 1 : 0] : pair);

const sectorNames = {
  agriculture: "农业", "mining and utilities": "采矿与公用事业", "labour-intensive manufacturing": "劳动密集型制造业",
  "capital-intensive manufacturing": "资本密集型制造业", construction: "建筑业", "transport, storage, post": "交通运输仓储邮政",
  information: "信息服务业", finance: "金融业", "leasing and business services": "租赁和商务服务业",
  "research and technical services": "科研和技术服务业", "consumer services": "消费性服务业", "public services": "公共服务业",
  manufacturing: "制造业", services: "服务业",
};
const factorNames = {
  rural: "农村劳动力", migrant: "流动人口", unskilled: "非技能劳动力", skilled: "技能劳动力", capital: "资本", land: "城市土地",
  farmland: "耕地", foreign: "国外要素", worker: "工人", farmer: "农民",
};
const places = {
  "Rest of China": "全国其他地区", "Rest of the world": "世界其他地区", core: "核心", second_centre: "次中心", periphery: "外围",
  East: "东部", Central: "中部", West: "西部", Northeast: "东北",
  Beijing: "北京", Tianjin: "天津", Hebei: "河北", Shanxi: "山西", "Inner Mongolia": "内蒙古", Liaoning: "辽宁", Jilin: "吉林",
  Heilongjiang: "黑龙江", Shanghai: "上海", Jiangsu: "江苏", Zhejiang: "浙江", Anhui: "安徽", Fujian: "福建", Jiangxi: "江西",
  Shandong: "山东", Henan: "河南", Hubei: "湖北", Hunan: "湖南", Guangdong: "广东", Guangxi: "广西", Hainan: "海南", Chongqing: "重庆",
  Sichuan: "四川", Guizhou: "贵州", Yunnan: "云南", Tibet: "西藏", "Tibet (Xizang)": "西藏", Shaanxi: "陕西", Gansu: "甘肃",
  Qinghai: "青海", Ningxia: "宁夏", Xinjiang: "新疆",
};
const placeWords = { second_centre: "second centre" };
const units = {
  persons: "人", "million yuan": "百万元", "million yuan of the base year": "百万元（基年价格）", "yuan of the base year a person": "元/人（基年价格）",
  "million yuan of the base year a person": "百万元/人（基年价格）", "million yuan a person": "百万元/人", "million yuan a unit": "百万元/单位",
  firms: "家", "%": "%", "yuan of the base year a job": "元/岗位（基年价格）",
};

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const sectorName = (sector) => (language === "zh" && sectorNames[sector.label]) || capital(sector.label);
export const factorName = (key) => (language === "zh" && factorNames[key]) || capital(key);
export const placeName = (name) => (language === "zh" ? places[name] : placeWords[name]) ?? name;
export const regionName = (region) => (language === "zh" && (region.chinese || places[region.name])) || region.name;
export const otherName = (region) => (language === "zh" ? region.name : region.chinese || places[region.name] || "");
export const unitName = (unit) => (unit === "1" ? "" : (language === "zh" && units[unit]) || unit);

/**
 * What the selector offers, in groups. `change`: how a difference is told best, "percent" or "points". `sum`: adding over sectors has
 * a meaning.
 */
export const indicatorGroups = [
  { label: ["Industry", "产业"], items: [
    { id: "employment", label: ["Employment", "就业人数"], change: "percent", sum: true },
    { id: "location_quotient", label: ["Location quotient", "区位商"], change: "points" },
    { id: "lq_manufacturing_nonagri", label: ["Location quotient, manufacturing", "制造业区位商"], change: "points" },
    { id: "lq_producer_services_nonagri", label: ["Location quotient, producer services", "生产性服务业区位商"], change: "points" },
    { id: "sagg_high", label: ["Location quotient, high-end services", "高端服务业区位商"], change: "points" },
    { id: "theta_nonagri", label: ["Co-agglomeration θ, outside agriculture", "协同集聚指数 θ（非农）"], change: "points" },
    { id: "theta", label: ["Co-agglomeration θ, all employment", "协同集聚指数 θ（全部就业）"], change: "points" },
    { id: "firms_net_moves", label: ["Firms moved in less out", "企业净迁入"], change: "absolute", sum: true },
  ] },
  { label: ["Product and income", "产出与收入"], items: [
    { id: "real_gdp", label: ["Real GDP", "实际地区生产总值"], change: "percent" },
    { id: "gdp_per_head", label: ["GDP per head", "人均地区生产总值"], change: "percent" },
    { id: "real_income", label: ["Real income per head", "人均实际收入"], change: "percent" },
    { id: "factor_price", label: ["Wages, rents, returns", "要素价格"], change: "percent" },
    { id: "housing_rent", label: ["Housing rent, total", "住房租金总额"], change: "percent" },
    { id: "tfp", label: ["Observed productivity", "观测全要素生产率"], change: "percent" },
    { id: "innovation_index", label: ["Innovation index", "创新指数"], change: "absolute" },
    { id: "knowledge", label: ["Stock of knowledge", "知识存量"], change: "percent" },
  ] },
  { label: ["People", "人口"], items: [
    { id: "population", label: ["Population", "常住人口"], change: "percent" },
    { id: "migrant_population", label: ["Migrant population", "流动人口"], change: "percent" },
    { id: "net_migration", label: ["Net migration", "净迁入人口"], change: "absolute" },
    { id: "density", label: ["Residents a km² of urban land", "城市土地人口密度"], change: "percent" },
    { id: "equivalent_variation", label: ["Welfare gain (equivalent variation)", "福利增益（等价变化）"], change: "only" },
  ] },
  { label: ["Public sector", "公共部门"], items: [
    { id: "public_capital", label: ["Public capital", "公共资本"], change: "percent" },
    { id: "public_service_output", label: ["Public services", "公共服务"], change: "percent" },
    { id: "lever_outlay", label: ["Outlay on policies", "政策支出"], change: "absolute" },
    { id: "net_fiscal_transfer", label: ["Net fiscal transfer received", "净财政转移"], change: "absolute" },
  ] },
];

/** Names of the instruments in a few words; others are shown under their own name. */
export const instrumentNames = {
  production_subsidy: ["Subsidy on sales", "产出补贴"], input_shift: ["Outsourcing of services", "服务外包"],
  government_purchases: ["Government purchases", "政府采购"], transfer: ["Transfers to households", "居民转移支付"],
  information: ["Information infrastructure", "信息基础设施"], border_relief: ["Less of the provincial border", "省界壁垒降低"],
  entry_barrier: ["Entry barrier", "准入壁垒"], relocation_grant: ["Grant to firms that move", "企业迁移补助"],
  relocation_rate: ["Ease of relocation", "迁移便利"], state_share_change: ["Share of state firms", "国有企业比重"],
  zoning_penalty: ["Zoning against founding here", "规划限制"], foreign_entry: ["Foreign entry", "外资进入"],
  foreign_firms: ["Foreign firms", "外资企业"], amenity: ["Amenities", "宜居环境"], registration_relief: ["Household registration eased", "户籍放宽"],
  migration_cost_relief: ["Migration costs eased", "迁移成本降低"], citizenisation: ["Migrants become citizens", "农民工市民化"],
  training: ["Vocational training", "职业培训"], congestion_relief: ["Congestion relieved", "拥挤缓解"], land_supply: ["Land supply", "土地供给"],
  public_capital: ["Public investment", "公共投资"], public_quality: ["Quality of public services", "公共服务质量"],
  research: ["Research bought", "科研采购"], knowledge_range: ["Range of knowledge", "知识溢出范围"],
  cluster_bonus: ["Cluster bonus", "集群效应增强"], capital_wedge: ["Access to finance", "融资渠道"], travel_time: ["Travel times", "通行时间"],
  processing: ["Processing trade", "加工贸易"], input_shift_efficiency: ["Gain from outsourcing", "外包效率"],
};
const sectorGroups = { manufacturing: ["Manufacturing", "制造业"], producer_services: ["Producer services", "生产性服务业"], other: ["Other sectors", "其他行业"] };
export const sectorGroupName = (name) => (sectorGroups[name] ? say(sectorGroups[name]) : capital(name));

export function instrumentName(name) {
  const key = name.replace(/^instrument_/, "");
  const factor = /^factor_subsidy_(.*)$/.exec(key);
  if (factor) return say([`Subsidy on pay of ${factor[1]}`, `${factorName(factor[1])}要素补贴`]);
  return say(instrumentNames[key] ?? key.replaceAll("_", " "));
}

// Where the numbers come from: facts of the run, certificate of the solution, texts, licences.
import { element, figure, table } from "./dom.js";
import { short } from "./format.js";
import { say } from "./labels.js";

const certificate = ["certificate_residual", "certificate_walras", "certificate_sam_imbalance", "certificate_budgets", "certificate_evaluations"];

function folded(title, ...content) {
  return element("details", { class: "card wide" }, element("summary", {}, title), ...content);
}

function factTable(facts) {
  return element("div", { class: "scroll" }, element("table", { class: "facts" }, element("tbody", {}, facts.map(([name, value]) =>
    element("tr", {}, element("th", { scope: "row" }, name.replaceAll("_", " ")), element("td", {}, typeof value === "number" ? figure(String(value), value) : value))))));
}

const definitionColumns = () => [{ label: say(["Variable", "变量"]), text: (variable) => variable.name }, { label: say(["Unit", "单位"]), text: (variable) => variable.unit },
  { label: say(["Definition", "定义"]), text: (variable) => variable.definition + (variable.summed_over ? say([" (summed over regions)", "（各地区合计）"]) : "") }];

export function provenance(data) {
  const licences = folded(say(["Licences of what this page is made of", "所用软件与数据的许可证"]), element("pre", {}, data.licences));
  const exhibits = data.exhibits.filter((exhibit) => exhibit.facts.about).map((exhibit) => folded(exhibit.name, factTable([["file", exhibit.name], ...Object.entries(exhibit.facts.about)]),
    ...(exhibit.columns.length ? [element("div", { class: "scroll" }, table(definitionColumns(), exhibit.columns))] : [])));
  if (!data.hasRun) return [...exhibits, licences];
  const facts = Object.entries(data.facts).filter(([name]) => name !== "pericore_format");
  const run = factTable([["file", data.run_name], ...(data.has_baseline ? [["baseline", data.baseline_name]] : []), ...facts]);
  const variables = certificate.map((name) => data.variable(name)).filter(Boolean);
  const years = data.years.map((year, y) => ({ year, y }));
  const proof = variables.length === 0 ? null : element("div", { class: "scroll" }, table([{ label: say(["Year", "年份"]), text: ({ year }) => String(year) },
    ...variables.map((variable) => ({ label: variable.name.replace("certificate_", "").replaceAll("_", " "), title: variable.definition,
      value: ({ y }) => variable.get("run", { year: y }), text: ({ y }) => short(variable.get("run", { year: y }), 2) }))], years));
  return [
    folded(say(["Run and program", "运行与程序信息"]), run),
    proof ? folded(say(["Certificate: how well each year is solved (all but evaluations should be near 0)", "求解证书：各年残差（除迭代次数外应接近0）"]), proof) : null,
    folded(say(["Definition and unit of every variable on this page", "本页变量的定义与单位"]), element("div", { class: "scroll" }, table(definitionColumns(), [...data.variables.values()]))),
    ...exhibits,
    ...(data.documents.source_1 ? [folded(say(["The scenario as written", "情景文件"]), element("pre", {}, data.documents.source_1))] : []),
    ...(data.documents.calibration ? [folded(say(["What of the base year is observed, derived, assumed", "基年数据：观测、推导与假设"]), element("pre", {}, data.documents.calibration))] : []),
    ...(data.boundaries ? [element("p", { class: "note" }, say([
      "Boundaries: Apache ECharts 4.9.0 (Apache-2.0), units of 2017–18, simplified, joined by administrative code. Laiwu is drawn as part of Jinan (2019); Nagqu and Hami under their codes as cities; " +
      "municipalities as one unit. In grey, without numbers: five cities of the Xinjiang corps founded after 2010, Hong Kong, Macao. Not drawn: Sansha and Taiwan, which are in no table of the model. " +
      "The map serves statistics; it is not an official map and says nothing on any boundary. Projection: Albers' conic, equal area.",
      "边界：Apache ECharts 4.9.0（Apache-2.0），2017–18年区划，经简化，按行政区划代码匹配。莱芜并入济南；那曲、哈密按地级市代码；直辖市为一个单元。灰色为无数据单元。本图仅供统计展示，非标准地图。投影：阿尔伯斯等积圆锥投影。"]))] : []),
    licences,
  ].filter(Boolean);
}

/** The question of a scenario: the paragraph of its leading comment that begins so. */
export function question(data) {
  const lines = (data.documents.source_1 ?? "").split("\n");
  const start = lines.findIndex((line) => line.startsWith("# Question:"));
  if (start < 0) return "";
  const rest = lines.slice(start);
  const end = rest.findIndex((line) => !line.startsWith("#") || line.trim() === "#");
  return rest.slice(0, end < 0 ? undefined : end).map((line) => line.replace(/^#\s?/, "")).join(" ").replace(/^Question:\s*/, "").replace(/^./, (c) => c.toUpperCase());
}

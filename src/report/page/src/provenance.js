// Where the numbers come from: facts of the run, certificate of the solution, texts, licences.
import { element, figure, table } from "./dom.js";
import { described, short } from "./format.js";
import { say } from "./labels.js";

const certificate = ["certificate_residual", "certificate_walras", "certificate_sam_imbalance", "certificate_budgets", "certificate_evaluations"];

function folded(title, ...content) {
  return element("details", { class: "card wide" }, element("summary", {}, title), ...content);
}

/** Folded on the screen, not on paper. */
function printed(...parts) {
  const node = folded(...parts);
  node.classList.add("printed");
  return node;
}

function factTable(facts) {
  return element("div", { class: "scroll" }, element("table", { class: "facts" }, element("tbody", {}, facts.map(([name, value]) =>
    element("tr", {}, element("th", { scope: "row" }, name.replaceAll("_", " ")), element("td", {}, typeof value === "number" ? figure(String(value), value) : value))))));
}

const origins = { simulated: ["simulated by this run", "本次模拟"], derived: ["computed from sources", "由来源计算"], observed: ["from a source, see below", "来源数据"], assumed: ["assumed", "假设"], welfare: ["this run less its baseline", "本次模拟减基准"] };

const definitionColumns = (withOrigin) => [{ label: say(["Variable", "变量"]), text: (variable) => variable.name }, { label: say(["Unit", "单位"]), text: (variable) => variable.unit || "1" },
  { label: say(["Definition", "定义"]), text: (variable) => variable.definition + (variable.summed_over ? say([" (summed over regions)", "（各地区合计）"]) : "") },
  ...(withOrigin ? [{ label: say(["Source", "来源"]), text: (variable) => say(origins[variable.origin] ?? ["", ""]) }] : [])];

/** Every variable, instrument, flow and key number on the page. */
function everyDefinition(data) {
  const simulated = (list) => list.map((one) => ({ origin: "simulated", ...one }));
  return [...simulated([...data.variables.values()]), ...simulated(data.flows.filter(({ places }) => !places)), ...simulated(data.policies), ...data.key_numbers.map((number) => ({ ...number, name: `${number.name} (${say(["in short", "要点"])})`, origin: "welfare" }))];
}

/** Files without facts of their own: what made them, where their definitions stand. */
const fileOf = {
  comparison: ["made by pericore compare; the file of targets names the source of each empirical number, listed above with its definition; methods in docs/compare.md.", "由 pericore compare 生成；各实证数据的来源见上表。"],
  calibration: ["made by pericore calibrate; where the file of targets names sources they are listed above; methods in docs/calibrate.md.", "由 pericore calibrate 生成；实证矩的来源见上表。"],
  estimators: ["made by pericore bias: estimates on simulated panels, whose truth is known; definitions in docs/estimator_bias.md.", "由 pericore bias 生成：模拟面板上的估计。"],
};

export function provenance(data) {
  const licences = folded(say(["Licences of what this page is made of", "所用软件与数据的许可证"]), element("pre", {}, data.licences));
  const files = data.exhibits.filter((exhibit) => !exhibit.facts.about).map((exhibit) => element("p", { class: "note" }, `${exhibit.name}: ${say(fileOf[exhibit.kind])}`));
  const exhibits = [...files, ...data.exhibits.filter((exhibit) => exhibit.facts.about).map((exhibit) => printed(exhibit.name, factTable([["file", exhibit.name], ...Object.entries(exhibit.facts.about)]),
    ...(exhibit.columns.length ? [element("div", { class: "scroll" }, table(definitionColumns(), exhibit.columns))] : [])))];
  for (const exhibit of data.exhibits.filter(({ facts }) => facts.written)) exhibits.push(folded(say([`The targets as written: ${exhibit.name}`, `目标文件：${exhibit.name}`]), element("pre", {}, exhibit.facts.written)));
  if (!data.hasRun) return [...exhibits, licences];
  const facts = Object.entries(data.facts).filter(([name]) => name !== "pericore_format");
  const run = factTable([["file", data.run_name], ...(data.has_baseline ? [["baseline", data.baseline_name]] : []), ...facts]);
  const variables = certificate.map((name) => data.variable(name)).filter(Boolean);
  const years = data.years.map((year, y) => ({ year, y }));
  const proof = variables.length === 0 ? null : element("div", { class: "scroll" }, table([{ label: say(["Year", "年份"]), text: ({ year }) => String(year) },
    ...variables.map((variable) => ({ label: variable.name.replace("certificate_", "").replaceAll("_", " "), title: described(variable),
      value: ({ y }) => variable.get("run", { year: y }), text: ({ y }) => short(variable.get("run", { year: y }), 2) }))], years));
  return [
    folded(say(["Run and program", "运行与程序信息"]), run),
    proof ? folded(say(["Certificate: how well each year is solved (all but evaluations should be near 0)", "求解证书：各年残差（除迭代次数外应接近0）"]), proof) : null,
    printed(say(["Definition, unit and source of every number on this page", "本页变量的定义、单位与来源"]), element("div", { class: "scroll" }, table(definitionColumns(true), everyDefinition(data)))),
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

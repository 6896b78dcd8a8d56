// What the policy did and what it cost.
import { makeCard, swatch } from "./card.js";
import { element } from "./dom.js";
import { described, full, short, signed } from "./format.js";
import { capital, factorName, instrumentName, regionName, say, sectorName, unitName } from "./labels.js";
import { yearAxis } from "./lines.js";
import { Plot, plot } from "./plot.js";
import { policyColour } from "./scale.js";

const few = 9;

function listed(names, all) {
  if (names.length === all && all > 1) return say(["all", "全部"]);
  if (names.length <= few) return names.join(say([", ", "、"]));
  return `${names.slice(0, few).join(say([", ", "、"]))} ${say([`and ${names.length - few} more`, `等${names.length}个`])}`;
}

/** Bars of the years as a small picture in the line of text. */
function timeline(values, years) {
  const most = Math.max(...values.map(Math.abs));
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const step = Math.max(3, Math.min(14, 160 / values.length)), width = step * values.length;
  for (const [name, value] of [["width", width], ["height", 26], ["viewBox", `0 0 ${width} 26`], ["role", "img"], ["class", "spark"],
    ["aria-label", values.map((value, i) => `${years[i]}: ${short(value)}`).join("; ")]]) svg.setAttribute(name, value);
  values.forEach((value, i) => {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const height = value === 0 ? 1 : Math.max(2, 22 * Math.abs(value) / most);
    for (const [name, v] of [["x", i * step + 0.5], ["y", 24 - height], ["width", step - 1.5], ["height", height], ["fill", value === 0 ? "var(--edge)" : policyColour]]) bar.setAttribute(name, v);
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = `${years[i]}: ${full(value)}`;
    bar.append(title);
    svg.append(bar);
  });
  return svg;
}

/** Table of the instruments in force with their years. */
export function policyTable(data) {
  if (data.policies.length === 0) return element("p", { class: "note" }, say(["No instrument differs from the baseline.", "政策工具与基准情景无差异。"]));
  // Four subsidies on pay with the same size and place are one line.
  const merged = new Map();
  for (const policy of data.policies) {
    const name = policy.name.replace(/^instrument_/, "");
    const isPay = name.startsWith("factor_subsidy_");
    const key = JSON.stringify([isPay ? "pay" : name, policy.by_year, policy.where]);
    const factors = isPay ? [name.replace("factor_subsidy_", "")] : [];
    if (merged.has(key)) merged.get(key).pay.push(...factors);
    else merged.set(key, { ...policy, pay: factors });
  }
  const rows = [...merged.values()].map((policy) => {
    const name = policy.pay.length > 1 ? say([`Subsidy on pay: ${policy.pay.map(factorName).join(", ").toLowerCase()}`, `工资补贴：${policy.pay.map(factorName).join("、")}`]) : instrumentName(policy.name);
    const regions = (policy.where.region ?? []).map((r) => regionName(data.regions[r]));
    const sectors = (policy.where.sector ?? []).map((s) => sectorName(data.sectors[s]));
    const active = policy.by_year.map((value, i) => [value, data.years[i]]).filter(([value]) => value !== 0);
    const largest = policy.by_year.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
    return element("tr", {},
      element("th", { scope: "row", title: policy.definition }, name),
      element("td", {}, regions.length ? listed(regions, data.nation.length) : "–"), element("td", {}, sectors.length ? listed(sectors, data.sectors.length) : "–"),
      element("td", {}, timeline(policy.by_year, data.years), element("span", { class: "years" }, ` ${active[0][1]}–${active.at(-1)[1]}`)),
      element("td", { class: "number", title: `${full(largest)}; ${described(policy)}` }, `${signed(largest)} ${unitName(policy.unit)}`));
  });
  return element("div", { class: "scroll" }, element("table", { class: "policies" }, element("thead", {}, element("tr", {}, [["Instrument", "政策工具"], ["Regions", "地区"],
    ["Sectors", "行业"], ["Years", "年份"], ["Largest change", "最大变化"]].map((label, i) => element("th", { scope: "col", class: i === 4 ? "number" : null }, say(label))))), element("tbody", {}, rows)));
}

export function makeBudget(data) {
  return makeCard("budget", (width) => {
    const [outlay, cost] = [data.variable("fiscal_outlay"), data.variable("fiscal_cost")];
    if (!outlay || !cost) return null;
    const rows = data.years.map((year, y) => ({ year, outlay: outlay.get("run", { year: y }), cost: cost.get("run", { year: y }) }));
    if (rows.every((row) => row.outlay === 0 && Math.abs(row.cost) < 1e-6)) return null;
    const names = { outlay: say(["outlay on policies", "政策支出"]), cost: say(["fiscal cost net of revenue gained", "净财政成本"]) };
    return {
      title: say(["Public outlay and fiscal cost by year", "逐年政策支出与财政成本"]),
      note: `${say(["Policy less baseline", "政策减基准"])} [${unitName(outlay.unit)}]. ${say([`Outlay: ${outlay.definition}. Fiscal cost: ${cost.definition}.`, "财政成本：支出减基年税率下的收入。"])}`,
      legend: [swatch("#9ec5e8", names.outlay), swatch("#d55e00", names.cost, "line")],
      chart: plot({
        width, height: 280, marginLeft: 56, x: { ...yearAxis(data, width), type: "band", padding: 0.2 }, y: { grid: true, label: null, tickFormat: (v) => short(v, 3), nice: true },
        marks: [Plot.barY(rows, { x: "year", y: "outlay", fill: "#9ec5e8", tip: true, title: (row) => `${row.year}\n${names.outlay} ${short(row.outlay)}\n${names.cost} ${short(row.cost)}\n${unitName(outlay.unit)}` }),
          Plot.line(rows, { x: "year", y: "cost", stroke: "#d55e00", strokeWidth: 2 }), Plot.dot(rows, { x: "year", y: "cost", fill: "#d55e00", r: 3 }), Plot.ruleY([0], { stroke: "#6b7280" })],
      }),
      columns: [{ label: say(["Year", "年份"]), text: (row) => String(row.year) }, { label: names.outlay, title: described(outlay), text: (row) => short(row.outlay), value: (row) => row.outlay },
        { label: names.cost, title: described(cost), text: (row) => short(row.cost), value: (row) => row.cost }],
      rows,
    };
  });
}

export function makeJobs(data) {
  return makeCard("jobs", (width) => {
    const [moved, created] = [data.variable("jobs_moved"), data.variable("jobs_created")];
    if (!moved || !created) return null;
    const rows = data.years.map((year, y) => ({ year, moved: moved.get("run", { year: y }), created: created.get("run", { year: y }) }));
    if (rows.every((row) => row.moved === 0)) return null;
    const names = { moved: say(["jobs moved between regions in target sectors", "目标行业跨地区转移岗位"]), created: say(["jobs gained in target sectors of target regions", "目标地区目标行业新增岗位"]) };
    const line = (channel, colour) => [Plot.line(rows, { x: "year", y: channel, stroke: colour, strokeWidth: 2 }), Plot.dot(rows, { x: "year", y: channel, fill: colour, r: 3 })];
    return {
      title: say(["Jobs by year", "逐年岗位变化"]),
      note: say(["Policy less baseline [persons]. Employment in the model is full: jobs gained in the target are missing elsewhere.", "政策减基准（人）。模型为充分就业：目标新增岗位来自其他地区或行业。"]),
      legend: [swatch(policyColour, names.moved, "line"), swatch("#d55e00", names.created, "line")],
      chart: plot({ width, height: 280, marginLeft: 56, x: yearAxis(data, width), y: { grid: true, label: null, tickFormat: (v) => short(v, 3), nice: true, zero: true },
        marks: [Plot.ruleY([0], { stroke: "#6b7280" }), ...line("moved", policyColour), ...line("created", "#d55e00"),
          Plot.tip(rows, Plot.pointerX({ x: "year", y: "moved", title: (row) => `${row.year}\n${names.moved} ${short(row.moved)}\n${names.created} ${signed(row.created)}\n${unitName(moved.unit)}` }))] }),
      columns: [{ label: say(["Year", "年份"]), text: (row) => String(row.year) }, { label: names.moved, title: described(moved), text: (row) => short(row.moved), value: (row) => row.moved },
        { label: names.created, title: described(created), text: (row) => signed(row.created), value: (row) => row.created }],
      rows,
    };
  });
}

const cards = [
  ["jobs_moved", ["Jobs moved", "转移岗位"], short], ["jobs_created", ["Jobs gained in targets", "目标新增岗位"], signed],
  ["real_gdp", ["Real GDP", "实际GDP"], signed], ["equivalent_variation", ["Welfare gain", "福利增益"], signed],
  ["equivalent_variation_share", ["Welfare gain, share of income", "福利增益占收入"], signed], ["fiscal_cost", ["Fiscal cost", "财政成本"], short],
  ["cost_per_job_created", ["Cost per job created", "每新增岗位成本"], short], ["gini", ["Gini between regions", "地区基尼系数"], signed],
];

/** A number and its unit as they are read: shares in per cent, millions of yuan as yuan. */
function readable({ value, unit, name }, format) {
  if (name === "equivalent_variation_share") return [format(100 * value), "%"];
  if (unit === "million yuan of the base year") return [format(1e6 * value), say(["yuan of the base year", "元（基年价格）"])];
  return [format(value), unitName(unit)];
}

/** Cards with the numbers of the policy as a whole; definition on hover and below. */
export function keyNumbers(data) {
  const found = cards.map(([name, label, format]) => [data.keyNumber(name), label, format]).filter(([number]) => number && number.value !== null);
  if (found.length === 0) return null;
  const nodes = found.map(([number, label, format], i) => {
    const [text, unit] = readable(number, format);
    return element("div", { class: "keynumber", title: `${number.definition} [${number.unit}]`, id: `key-${number.name}` },
      element("div", { class: "label" }, say(label), element("sup", {}, String(i + 1))),
      element("div", { class: "value", "data-value": number.value, title: `${number.name} = ${full(number.value)} ${number.unit === "1" ? "" : number.unit}`.trim() }, text), element("div", { class: "unit" }, unit));
  });
  const notes = found.map(([number], i) => element("li", { value: i + 1 }, `${capital(number.definition)} [${number.unit}].`));
  return element("div", {}, element("div", { class: "keynumbers" }, nodes), element("ol", { class: "footnotes" }, notes));
}

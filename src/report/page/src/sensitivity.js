// Which parameter matters: bars of the indices of `pericore sweep analyse` with their intervals.
import { makeCard, swatch } from "./card.js";
import { element, select } from "./dom.js";
import { short } from "./format.js";
import { say } from "./labels.js";
import { fitting, Plot, plot } from "./plot.js";
import { categorical, gainColour, lossColour } from "./scale.js";

/** Methods with the indices that are drawn; all are in the table. docs/sweep_analyse.md defines them. */
const methods = {
  morris: { title: ["elementary effects", "基本效应"], shown: ["mu_star", "sigma"],
    note: ["mu*: mean size of the effect of moving the parameter over its whole range; sigma: how much that differs from place to place (bends, interactions)", "mu*：全区间变动的平均效应；sigma：效应差异"] },
  sobol: { title: ["Sobol indices", "Sobol 指数"], shown: ["S1", "ST"], note: ["S1: share of the variance that the parameter explains alone; ST: with all its interactions", "S1：单独解释的方差比重；ST：含交互作用"] },
  sobol_pairs: { title: ["Sobol indices of pairs", "Sobol 交互指数"], shown: ["S2"], note: ["S2: share of the variance that the two explain only together", "S2：两参数交互解释的方差比重"] },
  regression: { title: ["regression", "回归"], shown: ["SRC", "SRRC"], note: ["SRC: standard deviations of the metric a standard deviation of the parameter; SRRC: the same of ranks", "SRC：标准化回归系数；SRRC：秩回归"] },
  correlation_ratio: { title: ["correlation ratios", "相关比"], shown: ["S1"], note: ["S1: share of the variance that the parameter explains alone", "S1：单独解释的方差比重"] },
  pawn: { title: ["PAWN", "PAWN"], shown: ["median"], note: ["median distance (Kolmogorov-Smirnov) of the metric's distribution given the parameter from that of all; no larger than (dummy): noise", "条件分布与总体分布的中位距离；不大于 (dummy) 者为噪声"] },
  one_at_a_time: { title: ["one at a time", "逐一变动"], shown: ["change"], note: ["Change of the metric from the scenario as it stands, one parameter moved at a time", "每次变动一个参数，相对原情景的变化"] },
};

const isTornado = (method) => method === "one_at_a_time";
/** One at a time a parameter has a row for each level. */
const nameOf = (table, row) => (isTornado(table.method) ? `${row.parameter} = ${typeof row.level === "number" ? short(row.level) : row.level}` : row.parameter);

function rowsOf(table, shown) {
  const size = (row) => Math.abs(row[shown[0]]?.value ?? 0);
  const biggest = new Map();
  for (const row of table.parameters) biggest.set(row.parameter, Math.max(biggest.get(row.parameter) ?? 0, size(row)));
  return table.parameters.slice().sort((a, b) => biggest.get(b.parameter) - biggest.get(a.parameter))
    .flatMap((row) => shown.filter((index) => row[index]).map((index) => ({ name: nameOf(table, row), index, row, value: row[index].value ?? NaN, lower: row[index].lower ?? NaN, upper: row[index].upper ?? NaN })));
}

function drawing(table, rows, shown, width) {
  const colour = (row) => (isTornado(table.method) ? (row.value >= 0 ? gainColour : lossColour) : categorical[shown.indexOf(row.index)]);
  const names = [...new Set(rows.map((row) => row.name))];
  const drawn = rows.filter((row) => Number.isFinite(row.value));
  const text = (row) => `${row.name}, ${row.index}\n${short(row.value)}${Number.isFinite(row.lower) ? `\n${short(row.lower)} – ${short(row.upper)}` : ""}`;
  return plot({
    width, height: 44 + names.length * (shown.length > 1 ? 34 : 24), marginLeft: Math.min(220, width * 0.42), marginRight: 20, marginTop: 10,
    x: { grid: true, label: null, nice: true, ticks: Math.max(2, width / 120), tickFormat: (v) => short(v, 3) }, fy: { label: null, domain: names, padding: 0.18, axis: null }, y: { axis: null, domain: shown, padding: 0.1 },
    marks: [Plot.axisFy({ anchor: "left", label: null, textAnchor: "end", dx: -4, tickFormat: fitting(Math.min(220, width * 0.42)) }), Plot.barX(drawn, { x: "value", fy: "name", y: "index", fill: colour, fillOpacity: 0.85 }),
      Plot.link(drawn.filter((row) => Number.isFinite(row.lower)), { x1: "lower", x2: "upper", y1: "index", y2: "index", fy: "name", stroke: "currentColor", strokeWidth: 1.4 }),
      Plot.ruleX([0], { stroke: "#6b7280" }), Plot.tip(drawn, Plot.pointer({ x: "value", y: "index", fy: "name", title: text }))],
  });
}

export function makeSensitivity(id, sweep, state) {
  const controls = element("div", { class: "controls inner" });
  const card = makeCard(id, (width) => {
    const metric = sweep.analysis.metrics.find((one) => one.metric === state.get().metric);
    const tables = (metric?.tables ?? []).filter((one) => methods[one.method]);
    if (tables.length === 0) return null;
    const table = tables.find((one) => one.method === state.get().method) ?? tables[0];
    const { shown, note, title } = methods[table.method];
    controls.replaceChildren(...(tables.length > 1 ? [select(say(["Method", "方法"]), `${id}-method`, tables.map((one) => [one.method, say(methods[one.method].title)]), table.method, (method) => state.set({ method }))] : []));
    const rows = rowsOf(table, shown);
    const seeds = Number.isFinite(metric.seed_share) && metric.seed_share !== null ? say([` Seeds explain ${short(100 * metric.seed_share, 3)} % of the variance of single runs.`, ` 随机种子解释 ${short(100 * metric.seed_share, 3)}% 的方差。`]) : "";
    const level = Math.round(100 * sweep.analysis.level);
    const numbers = Object.entries(table.summary).map(([name, entry]) => `${name} ${short(entry.value ?? NaN)}`).join(", ");
    return {
      title: say([`What matters for ${metric.metric}: ${title[0]}`, `${metric.metric} 的影响因素：${title[1]}`]),
      note: `${say(note)}${table.method === "morris" || isTornado(table.method) ? ` [${metric.unit}]` : ""}. ${isTornado(table.method) ? "" : say([`Lines: ${level} % intervals (bootstrap).`, `线段：${level}% 区间。`])}${numbers ? ` ${numbers}.` : ""}${table.notes.length ? ` ${table.notes.join("; ")}.` : ""}${seeds}`,
      legend: shown.length > 1 ? shown.map((index, i) => swatch(categorical[i], index.replace("mu_star", "mu*"))) : [],
      chart: rows.some((row) => Number.isFinite(row.value)) ? drawing(table, rows, shown, width) : element("p", { class: "note" }, say(["No indices.", "无指数。"])),
      noPicture: !rows.some((row) => Number.isFinite(row.value)),
      ...wholeTable(table),
    };
  });
  card.node.querySelector("header").after(controls);
  return card;
}

/** Every index of the method, for the table and CSV. */
function wholeTable(table) {
  const indices = Object.keys(table.parameters[0] ?? {}).filter((key) => typeof table.parameters[0][key] === "object" && table.parameters[0][key] !== null && "value" in table.parameters[0][key]);
  const of = (index, part) => (row) => row[index]?.[part] ?? NaN;
  const { note, title } = methods[table.method];
  const meaning = { value: "", lower: say(["lower end of the interval; ", "区间下限；"]), upper: say(["upper end of the interval; ", "区间上限；"]) };
  const column = (index, part, label) => ({ label, title: `${meaning[part]}${say(title)}: ${say(note)}`, text: (row) => short(of(index, part)(row)), value: of(index, part) });
  return {
    columns: [{ label: say(["Parameter", "参数"]), text: (row) => nameOf(table, row) }, ...indices.flatMap((index) => [column(index, "value", index),
      ...(table.parameters.some((row) => Number.isFinite(row[index]?.lower)) ? [column(index, "lower", `${index} ${say(["lower", "下限"])}`), column(index, "upper", `${index} ${say(["upper", "上限"])}`)] : [])]),
    { label: say(["Used", "有效"]), title: say(["points that the index is computed from", "用于计算的参数点数"]), text: (row) => String(row.used), value: (row) => row.used }, { label: say(["Dropped", "剔除"]), title: say(["points left out because a run of them failed", "因失败而剔除的参数点数"]), text: (row) => String(row.dropped), value: (row) => row.dropped }],
    rows: table.parameters,
  };
}


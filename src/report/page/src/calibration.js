// A calibration: parameters with standard errors, what moments say of them, profiles, folds, hindcast in and out of sample.
import { makeCard, swatch } from "./card.js";
import { forecastCard, sourcesCard, targetsCard } from "./compare.js";
import { element, section, table } from "./dom.js";
import { full, short, signed } from "./format.js";
import { say } from "./labels.js";
import { fitting, grid, Plot, plot, sensitive } from "./plot.js";
import { baselineColour, changeScale, isDark, logTicks, lossColour, policyColour } from "./scale.js";

const number = (value) => (value === null || value === undefined ? NaN : value);
const unitOf = ({ unit, relative }) => (relative ? say(["times the scenario's", "相对原值"]) : unit ?? "");

/** Where a value lies between the bounds, 0 to 1, on the parameter's own scale. */
function place({ low, high, scale }, value) {
  const to = scale === "log" ? Math.log : (v) => v;
  return (to(value) - to(low)) / (to(high) - to(low));
}

function parametersCard(id, { parameters }) {
  return makeCard(id, (width) => {
    const rows = parameters.map((row) => ({ ...row, at: place(row, row.estimate), from: place(row, row.start), left: Math.max(0, place(row, Math.max(row.low, row.estimate - 2 * number(row.standard_error)))), right: Math.min(1, place(row, Math.min(row.high, row.estimate + 2 * number(row.standard_error)))) }));
    const columns = [{ label: say(["Parameter", "参数"]), text: (row) => row.name, hint: (row) => [row.definition, (row.keys ?? []).join(", ")].filter(Boolean).join(" – ") }, { label: say(["Unit", "单位"]), text: unitOf },
      { label: say(["Estimate", "估计值"]), title: say(["value with the smallest objective, in the parameter's own unit", "目标值最小处的参数值"]), text: (row) => short(number(row.estimate)), value: (row) => number(row.estimate) }, { label: say(["Standard error", "标准误"]), title: say(["of simulated moments; docs/calibrate.md", "模拟矩估计标准误"]), text: (row) => short(number(row.standard_error), 3), value: (row) => number(row.standard_error) },
      ...[["start", ["Start", "初值"], ["value of the configuration, where the search began", "初始值"]], ["low", ["Low", "下界"], ["lower bound of the search", "搜索下界"]], ["high", ["High", "上界"], ["upper bound of the search", "搜索上界"]]].map(([key, label, title]) => ({ label: say(label), title: say(title), text: (row) => short(number(row[key])), value: (row) => number(row[key]) })),
      { label: say(["Identified", "可识别"]), text: (row) => (row.identified === false ? say(["no", "否"]) : say(["yes", "是"])) }];
    const chart = plot({ width, height: 40 + 26 * rows.length, marginLeft: Math.min(200, width * 0.4), marginRight: 24, x: { domain: [0, 1], ticks: [0, 0.5, 1], tickFormat: (v) => (v === 0 ? say(["low", "下界"]) : v === 1 ? say(["high", "上界"]) : ""), grid: true, label: null },
      y: { domain: rows.map((row) => row.name), label: null, tickSize: 0, tickFormat: fitting(Math.min(200, width * 0.4)) },
      marks: [Plot.link(rows.filter((row) => Number.isFinite(row.left) && Number.isFinite(row.right)), { x1: "left", x2: "right", y1: "name", y2: "name", stroke: policyColour, strokeWidth: 2 }), Plot.dot(rows, { x: "from", y: "name", r: 4.5, stroke: baselineColour }),
        Plot.dot(rows, { x: "at", y: "name", r: 5, fill: (row) => (row.identified === false ? lossColour : policyColour), tip: true, title: (row) => `${row.name}${row.definition ? `\n${row.definition}` : ""}\n${full(row.estimate)} ± ${short(number(row.standard_error), 3)} ${unitOf(row)}`.trimEnd() })] });
    return { title: say(["Parameters between their bounds", "参数估计"]), note: say(["Estimate with two standard errors to each side, on the parameter's own scale; hollow: the start.", "估计值及两倍标准误；空心为初值。"]),
      legend: [swatch(policyColour, say(["estimate", "估计值"]), "dot"), swatch(baselineColour, say(["start", "初值"]), "ring"), ...(rows.some((row) => row.identified === false) ? [swatch(lossColour, say(["not identified", "不可识别"]), "dot")] : [])],
      chart: element("div", {}, chart, element("div", { class: "scroll" }, table(columns, rows))), columns, rows };
  }, { wide: true });
}

/** Change of each estimate, in its standard errors, with one standard error more in a moment (Andrews, Gentzkow and Shapiro 2017). */
function sensitivityCard(id, { parameters, moments }) {
  const rows = (moments ?? []).map((moment) => ({ name: moment.name, values: parameters.map((parameter, p) => number(moment.sensitivity?.[p]) * -number(moment.standard_error) / number(parameter.standard_error)) }))
    .filter((row) => row.values.some(Number.isFinite));
  return makeCard(id, () => {
    if (rows.length === 0) return null;
    const scale = changeScale(rows.flatMap((row) => row.values));
    const cell = (value) => {
      const node = element("td", { class: "number", title: full(value), "data-value": full(value) }, signed(value, 2));
      node.style.backgroundColor = scale.colour(value);
      node.style.color = isDark(scale.colour(value)) ? "#ffffff" : "#111827";
      return node;
    };
    const heat = element("table", { class: "heat" }, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, say(["Moment", "矩"])), parameters.map(({ name }) => element("th", { scope: "col", class: "number" }, name)))),
      element("tbody", {}, rows.map((row) => element("tr", {}, element("th", { scope: "row" }, row.name), row.values.map(cell)))));
    return { title: say(["Which moment decides which parameter", "矩对参数的影响"]), note: say(["Change of each estimate, in its own standard errors, if the moment were one standard error higher (Andrews, Gentzkow and Shapiro 2017).", "某矩提高一个标准误时，各估计值变化（以其标准误计）。"]),
      chart: element("div", { class: "scroll tall" }, heat), noPicture: true, rows,
      columns: [{ label: say(["Moment", "矩"]), text: (row) => row.name }, ...parameters.map(({ name }, p) => ({ label: name, title: say(["change of the estimate, in its standard errors, with the moment one standard error higher [1]", "估计值变化（标准误）"]), text: (row) => signed(row.values[p], 2), value: (row) => row.values[p] }))] };
  }, { wide: true });
}

function profilesCard(id, { parameters }) {
  const known = parameters.filter(({ profile }) => (profile ?? []).filter((point) => Number.isFinite(number(point.objective))).length > 1);
  return makeCard(id, (width) => {
    if (known.length === 0) return null;
    const columns = Math.max(1, Math.min(4, Math.floor(width / 230))), each = Math.floor((width - (columns - 1) * 8) / columns);
    const panel = ({ name, profile, estimate, scale }) => plot({ width: each, height: 160, marginLeft: 58, marginTop: 26, marginBottom: 24, x: { label: null, tickFormat: (v) => short(v, 3), ...(scale === "log" ? { type: "log", ticks: logTicks(profile[0].value, profile.at(-1).value) } : { ticks: 3 }) }, y: { ticks: 3, label: null, grid: true, tickFormat: (v) => short(v, 3) },
      marks: [sensitive(), Plot.line(profile, { x: "value", y: "objective", stroke: policyColour, strokeWidth: 1.8 }), Plot.dot(profile, { x: "value", y: "objective", fill: policyColour, r: 2.5, tip: true, title: (point) => `${name} ${short(point.value)}\n${say(["objective", "目标值"])} ${short(point.objective)}` }), Plot.ruleX([estimate], { stroke: "#6b7280", strokeDasharray: "3,3" }),
        Plot.text([name], { frameAnchor: "top-left", dy: -22, dx: -54, fontWeight: 600 })] });
    return { title: say(["Profiles of the objective", "目标函数剖面"]), note: say(["The smallest objective with the parameter held there; a flat one says that the data do not decide it. Dashed: the estimate.", "固定该参数时的最小目标值；平坦表示数据无法识别。"]), chart: grid(known.map(panel), columns, width),
      columns: [{ label: say(["Parameter", "参数"]), text: (row) => row.name }, { label: say(["Value", "值"]), title: say(["at which the parameter is held, in its own unit", "固定的参数值"]), text: (row) => short(row.value), value: (row) => row.value }, { label: say(["Objective", "目标值"]), title: say(["smallest objective with the parameter held there: weighted sum of squares of moments [1]", "最小目标值"]), text: (row) => short(row.objective), value: (row) => row.objective }],
      rows: known.flatMap(({ name, profile }) => profile.map((point) => ({ name, value: number(point.value), objective: number(point.objective) }))) };
  }, { wide: true });
}

function foldsCard(id, { parameters, hindcast }) {
  const rows = hindcast?.folds ?? [];
  return makeCard(id, () => {
    if (rows.length === 0) return null;
    const columns = [{ label: say(["Held out", "留出"]), text: (row) => row.held_out.join(", ") }, ...parameters.map((parameter, p) => ({ label: parameter.name, title: say([`estimate without the provinces held out${unitOf(parameter) ? ` [${unitOf(parameter)}]` : ""}`, "不含留出省份的估计"]), text: (row) => short(number(row.parameters[p])), value: (row) => number(row.parameters[p]) }))];
    return { title: say(["Folds: parameters fitted without the provinces held out", "交叉验证：不含留出省份的估计"]), chart: element("div", { class: "scroll tall" }, table(columns, rows)), noPicture: true, columns, rows };
  }, { wide: true });
}

/** Naive forecasts stand beside the model at the start, fitted and held out. */
function forecasts(hindcast) {
  const words = { held_out: say(["held out", "留出"]), fitted: say(["all, fitted", "全部（拟合后）"]), start: say(["all, at the start", "全部（初值）"]) };
  return Object.entries(words).flatMap(([key, units]) => (hindcast?.[key] ?? []).map((row) => ({ ...row, units })));
}

function summary({ objective, weighting, condition, j, warnings, converged, points, failed_points: failed }) {
  const test = j && !j.reason ? `J = ${short(number(j.statistic))}, ${j.df} ${say(["degrees of freedom", "自由度"])}, p = ${short(number(j.p_value), 3)}` : j?.reason ? `${say(["no J", "无 J 检验"])}: ${j.reason}` : "";
  return [element("p", { class: "note" }, [`${say(["objective", "目标值"])} ${short(number(objective))}`, `${say(["weights", "权重"])} ${(weighting ?? "").replaceAll("_", " ")}`, `${say(["condition number", "条件数"])} ${short(number(condition), 3)}`, test,
    points ? say([`${points} points simulated${failed ? `, ${failed} failed` : ""}`, `${points} 个点`]) : "", converged === false ? say(["not converged", "未收敛"]) : ""].filter(Boolean).join("; ") + "."),
  ...((warnings ?? []).length ? [element("ul", { class: "warnings" }, warnings.map((text) => element("li", {}, text)))] : [])];
}

export function makeCalibrationPart({ facts }, id) {
  const build = () => {
    const cards = [parametersCard(`${id}-parameters`, facts), targetsCard(`${id}-targets`, facts.targets ?? []), forecastCard(`${id}-hindcast`, forecasts(facts.hindcast)), sensitivityCard(`${id}-moments`, facts), profilesCard(`${id}-profiles`, facts), foldsCard(`${id}-folds`, facts), sourcesCard(`${id}-sources`, facts.targets ?? [])];
    return { sections: [section(id, `${say(["Calibration", "校准"])}${facts.title ? `: ${facts.title}` : ""}`, ...summary(facts), element("div", { class: "cards" }, cards.map((card) => card.node)))], draw: () => { for (const card of cards) card.update(); } };
  };
  return { build };
}

// How a metric spreads over the points of a sweep, and against each parameter.
import { extent, quantileSorted } from "d3-array";
import { makeCard, swatch } from "./card.js";
import { classesOf, valueText } from "./classes.js";
import { unitOf } from "./heat.js";
import { axisNumber, described, short } from "./format.js";
import { say } from "./labels.js";
import { fitting, grid, Plot, plot, sensitive } from "./plot.js";
import { logTicks, lossColour, policyColour } from "./scale.js";

const mostPanels = 12, mostDots = 1500;

export function makeDistribution(id, sweep, state) {
  return makeCard(id, (width) => {
    const metric = sweep.metric(state.get().metric);
    const values = Array.from(metric.values).filter(Number.isFinite).sort((a, b) => a - b);
    if (values.length < 3 || metric.name === "failed") return null;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const quantile = (p) => quantileSorted(values, p);
    const positive = values.filter((value) => value > 0).length / values.length;
    return {
      title: say([`How ${metric.name} spreads over the points`, `${metric.name} 的分布`]),
      note: say([`Mean ${short(mean)}, median ${short(quantile(0.5))}, 90 % of points between ${short(quantile(0.05))} and ${short(quantile(0.95))}; positive at ${short(100 * positive, 3)} % of ${values.length} points${unitOf(metric)}. A statement about the ranges given, not a probability.`,
        `均值 ${short(mean)}，中位数 ${short(quantile(0.5))}，90% 的点位于 ${short(quantile(0.05))} 至 ${short(quantile(0.95))}；${short(100 * positive, 3)}% 为正。`]),
      chart: plot({
        width, height: 220, marginLeft: 46, marginBottom: 36, x: { label: `${metric.name}${unitOf(metric)} →`, tickFormat: axisNumber(values), ticks: Math.max(2, width / 110) }, y: { label: say(["↑ points", "↑ 点数"]), grid: true },
        marks: [values.at(0) < values.at(-1) ? Plot.rectY(values, Plot.binX({ y: "count" }, { x: (v) => v, fill: policyColour, fillOpacity: 0.8, inset: 0.5, thresholds: 24, tip: { format: { x: (v) => short(v), y: (v) => short(v) } } })) : Plot.barY([values.length], { x: [values[0]], y: [values.length], fill: policyColour }),
          Plot.ruleX([mean], { stroke: "currentColor", strokeWidth: 1.5 }), ...(values[0] < 0 && values.at(-1) > 0 ? [Plot.ruleX([0], { stroke: lossColour, strokeDasharray: "4,3" })] : []), Plot.ruleY([0], { stroke: "#9ca3af" })],
      }),
      columns: [{ label: say(["Statistic", "统计量"]), text: (row) => row[0] }, { label: metric.name, title: described(metric), text: (row) => short(row[1]), value: (row) => row[1] }],
      rows: [["points", values.length], ["mean", mean], ["minimum", values[0]], ["q05", quantile(0.05)], ["median", quantile(0.5)], ["q95", quantile(0.95)], ["maximum", values.at(-1)], ["share_above_0", positive]],
    };
  });
}

/** The metric's mean in each class of a parameter. */
function meansOf(parameter, metric, points) {
  const classes = classesOf(parameter);
  const sums = classes.middle.map((middle) => ({ middle, sum: 0, count: 0 }));
  for (const point of points) {
    const value = metric.values[point], place = classes.of[point];
    if (place >= 0 && Number.isFinite(value)) { sums[place].sum += value; sums[place].count += 1; }
  }
  return sums.filter(({ count }) => count > 0).map(({ middle, sum, count }) => ({ x: middle, y: sum / count }));
}

function panel(parameter, metric, sweep, width, domain) {
  const step = Math.ceil(sweep.points.length / mostDots);
  const dots = sweep.points.filter((point) => point % step === 0).map((point) => ({ x: parameter.values[point], y: metric.values[point] })).filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const lost = sweep.points.filter((point) => sweep.failed.values[point] > 0).map((point) => ({ x: parameter.values[point] }));
  const ticks = parameter.labels ? { ticks: parameter.labels.map((_, i) => i), tickFormat: (i) => (parameter.labels[i] ?? "").slice(0, 12), domain: [-0.4, parameter.labels.length - 0.6], tickRotate: parameter.labels.length > 3 ? -30 : 0 }
    : parameter.log ? { type: "log", ticks: logTicks(...extent(parameter.values)), tickFormat: (v) => short(v, 3) } : { ticks: 3, tickFormat: axisNumber(Array.from(parameter.values)), nice: 3 };
  return plot({
    width, height: parameter.labels?.length > 3 ? 200 : 165, marginLeft: 58, marginTop: 26, marginBottom: parameter.labels?.length > 3 ? 56 : 24, marginRight: 14, x: { ...ticks, label: null }, y: { domain, ticks: 3, label: null, grid: true, tickFormat: axisNumber(domain) },
    marks: [sensitive(), Plot.dot(dots, { x: "x", y: "y", r: 1.6, fill: policyColour, fillOpacity: 0.28 }), Plot.line(meansOf(parameter, metric, sweep.points), { x: "x", y: "y", stroke: "currentColor", strokeWidth: 1.8, marker: parameter.labels ? "dot" : null }),
      Plot.tickX(lost, { x: "x", stroke: lossColour, strokeOpacity: 0.7, insetTop: 104 }), Plot.text([fitting(0.85 * width, 1)(`${parameter.name}${unitOf(parameter)}`)], { frameAnchor: "top-left", dy: -22, dx: -54, fontWeight: 600 }),
      Plot.tip(dots, Plot.pointer({ x: "x", y: "y", title: (dot) => `${parameter.name} ${parameter.labels ? parameter.labels[dot.x] : short(dot.x)}${unitOf(parameter)}\n${metric.name} ${short(dot.y)}${unitOf(metric)}` }))],
  });
}

export function makeResponses(id, sweep, state, byInfluence) {
  return makeCard(id, (width) => {
    const metric = sweep.metric(state.get().metric);
    const values = Array.from(metric.values).filter(Number.isFinite);
    if (values.length === 0) return null;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const domain = low < high ? [low, high] : [low - 1, high + 1];
    const shown = byInfluence(sweep, metric.name).slice(0, mostPanels);
    const columns = Math.max(1, Math.min(4, Math.floor(width / 230)));
    const each = Math.floor((width - (columns - 1) * 8) / columns);
    const anyFailed = sweep.failed.values.some((share) => share > 0);
    return {
      title: say([`${metric.label ?? metric.name} against each parameter`, `${metric.label ?? metric.name} 与各参数`]),
      note: say([`Every point a dot, the line their mean${unitOf(metric)}; other parameters vary behind it. The most influential first.${sweep.parameters.length > mostPanels ? ` ${mostPanels} of ${sweep.parameters.length}.` : ""}`, "每个点为一个参数组合，线为均值；按影响大小排列。"]),
      legend: anyFailed ? [swatch(lossColour, say(["a run failed here", "此处有失败的运行"]), "line")] : [],
      chart: grid(shown.map((parameter) => panel(parameter, metric, sweep, each, domain)), columns, width),
      columns: [{ label: say(["Point", "点"]), title: say(["number of the point in the design", "参数点编号"]), text: (point) => String(point), value: (point) => point }, ...sweep.parameters.map((parameter) => ({ label: parameter.name, title: described(parameter), text: (point) => valueText(parameter, point),
        ...(parameter.labels ? {} : { value: (point) => parameter.values[point] }) })), { label: metric.name, title: described(metric), text: (point) => short(metric.values[point]), value: (point) => metric.values[point] },
      { label: say(["Failed runs", "失败比重"]), title: described(sweep.failed), text: (point) => short(sweep.failed.values[point]), value: (point) => sweep.failed.values[point] }],
      rows: sweep.points,
    };
  }, { wide: true });
}

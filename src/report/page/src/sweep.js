// A sweep: what was tried, how a metric spreads, heat maps over two parameters, what each parameter does, what failed.
import { makeCard } from "./card.js";
import { element, figure, section, select, table } from "./dom.js";
import { short } from "./format.js";
import { makeHeat } from "./heat.js";
import { say } from "./labels.js";
import { makeSensitivity } from "./sensitivity.js";
import { makeDistribution, makeResponses } from "./responses.js";
import { makeState } from "./state.js";

/** Metrics and parameters by name, with what the page needs to draw them. */
function sweepOf({ facts, column }) {
  const parameters = facts.parameters.map((parameter) => ({ ...parameter, ...column(parameter.name) }));
  const failed = column("failed");
  const metrics = facts.metrics.map(column);
  // Where runs fail is a picture, too.
  if (failed.values.some((share) => share > 0)) metrics.push({ ...failed, name: "failed", label: say(["failed runs", "失败的运行"]) });
  const points = Array.from({ length: failed.values.length }, (_, i) => i);
  return { facts, parameters, metrics, failed, points, metric: (name) => metrics.find((metric) => metric.name === name) ?? metrics[0], analysis: facts.analysis };
}

function summary({ analysis, facts, parameters }) {
  const number = (value, label) => element("div", { class: "keynumber" }, element("div", { class: "label" }, label), element("div", { class: "value" }, figure(short(value), String(value))));
  return element("div", { class: "keynumbers" }, number(analysis.points, say([`points, ${analysis.design.replaceAll("_", " ")}`, `参数点（${analysis.design}）`])),
    number(parameters.length, say(["parameters", "参数"])), number(analysis.runs - analysis.missing, say([`runs${analysis.seeds > 1 ? `, ${analysis.seeds} seeds a point` : ""}`, "运行次数"])),
    number(analysis.failed, say([`failed${analysis.missing ? `; ${analysis.missing} missing` : ""}`, "失败"])),
    ...(facts.points_shown < analysis.points ? [element("p", { class: "note" }, say([`Pictures show the first ${facts.points_shown} points; indices are of all.`, `图中为前${facts.points_shown}个点。`]))] : []));
}

function makeErrors(id, { facts, analysis }) {
  return makeCard(id, () => {
    if (facts.errors.length === 0) return null;
    const columns = [{ label: say(["Runs", "运行次数"]), title: say(["runs that failed with this message", "以该信息失败的运行次数"]), text: (row) => String(row.runs), value: (row) => row.runs }, { label: say(["Status", "状态"]), text: (row) => String(row.status) },
      { label: say(["First run", "首个运行"]), text: (row) => row.first_run }, { label: say(["Message", "信息"]), text: (row) => row.error }];
    return {
      title: say([`Why runs failed: ${analysis.failed} of ${analysis.runs - analysis.missing}`, `失败原因：${analysis.failed} / ${analysis.runs - analysis.missing}`]),
      note: say(["Status: 2 the input, 3 the numbers, 4 files, 124 out of time, 137 killed its process. The heat map of the metric \u201cfailed\u201d shows where.", "状态：2 输入，3 数值，4 文件，124 超时，137 进程被终止。"]),
      chart: element("div", { class: "scroll tall" }, table(columns, facts.errors)), noPicture: true, columns, rows: facts.errors,
    };
  }, { wide: true });
}

export function makeSweepPart(exhibit, id) {
  const sweep = sweepOf(exhibit);
  const ordered = byInfluence(sweep, sweep.metrics[0]?.name);
  const state = makeState({ metric: sweep.metrics[0]?.name, x: ordered[0]?.name, y: (ordered[1] ?? ordered[0])?.name, method: "", fixed: {} });
  return { build: () => build(sweep, state, exhibit, id) };
}

/** Parameters, those that matter most for a metric first. */
export function byInfluence({ analysis, parameters }, metric) {
  const tables = analysis.metrics.find((one) => one.metric === metric)?.tables ?? [];
  const ranked = { morris: "mu_star", sobol: "ST", one_at_a_time: "change", regression: "SRRC", correlation_ratio: "S1", pawn: "median" };
  const found = tables.find(({ method }) => ranked[method]);
  if (!found) return parameters;
  const size = ({ name }) => Math.max(-1, ...found.parameters.filter((row) => row.parameter === name).map((row) => Math.abs(row[ranked[found.method]].value ?? -1)));
  return parameters.slice().sort((a, b) => size(b) - size(a));
}

function build(sweep, state, exhibit, id) {
  state.clear();
  const cards = { heat: makeHeat(`${id}-heat`, sweep, state), sensitivity: makeSensitivity(`${id}-sensitivity`, sweep, state), distribution: makeDistribution(`${id}-distribution`, sweep, state),
    responses: makeResponses(`${id}-responses`, sweep, state, byInfluence), errors: makeErrors(`${id}-errors`, sweep) };
  const controls = element("div", { class: "controls", role: "group", "aria-label": say(["What is shown", "显示内容"]) },
    select(say(["Metric", "指标"]), `${id}-metric`, sweep.metrics.map((metric) => [metric.name, metric.label ?? metric.name]), state.get().metric, (metric) => state.set({ metric })));
  const definition = element("p", { class: "note" });
  const define = () => { const metric = sweep.metric(state.get().metric); definition.textContent = `${metric.definition} [${metric.unit || "1"}].`; };
  define();
  state.on(["metric"], () => { define(); for (const card of Object.values(cards)) card.update(); });
  state.on(["x", "y", "fixed"], cards.heat.update);
  state.on(["method"], cards.sensitivity.update);
  return {
    sections: [section(id, `${say(["Sweep", "参数扫描"])}: ${exhibit.facts.title}`, summary(sweep), element("div", { class: "card wide pick" }, controls, definition),
      element("div", { class: "cards" }, Object.values(cards).map((card) => card.node)))],
    draw: () => { for (const card of Object.values(cards)) card.update(); },
  };
}

// A study of estimators: what each says of an effect whose size is known, over draws; how often its interval holds the truth.
import { makeCard, swatch } from "./card.js";
import { element, section, table } from "./dom.js";
import { axisNumber, full, short } from "./format.js";
import { say } from "./labels.js";
import { fitting, Plot, plot } from "./plot.js";
import { baselineColour, lossColour, policyColour } from "./scale.js";

const number = (value) => (value === null || value === undefined ? NaN : value);
const conditions = ({ parameters }) => Object.entries(parameters).map(([name, value]) => `${name} ${typeof value === "number" ? short(value) : value}`).join(", ");

/** Intervals that hold the truth as seldom as this are marked: far below any level in use. */
const poorCoverage = 0.8;

function effectCard(id, effect, rows, level) {
  return makeCard(id, (width) => {
    const known = rows.map((row) => ({ ...row, label: `${row.model}${conditions(row) ? `, ${conditions(row)}` : ""}`, left: number(row.mean) - 2 * number(row.sd), right: number(row.mean) + 2 * number(row.sd), believed: 2 * number(row.se) }));
    const shown = known.filter((row) => Number.isFinite(number(row.mean)));
    const columns = [{ label: say(["Estimator", "估计方法"]), text: (row) => row.model }, { label: say(["Condition", "条件"]), text: conditions }, { label: say(["Draws", "抽样次数"]), title: say(["simulated panels that the row is over", "模拟面板数"]), text: (row) => String(row.draws), value: (row) => row.draws },
      ...[["truth", ["Truth", "真值"], say(["the effect as it is in the simulated economy", "模拟经济中的真实效应"])], ["mean", ["Mean", "均值"], say(["mean of the estimates over draws", "估计均值"])], ["bias", ["Bias", "偏差"], say(["mean less truth", "均值减真值"])],
        ["bias_error", ["its error", "偏差误差"], say(["standard error of the bias: of the mean over draws and of the truth", "偏差的标准误"])], ["sd", ["sd", "标准差"], say(["standard deviation of the estimates over draws", "估计的标准差"])],
        ["se", ["se", "标准误"], say(["mean of the standard errors that the estimator states", "报告的标准误均值"])], ["rmse", ["rmse", "均方根误差"], say(["root mean square of estimate less truth", "估计减真值的均方根"])],
        ["coverage", ["Coverage", "覆盖率"], say([`share of draws whose ${short(100 * level)} % interval holds the truth [1]`, "区间包含真值的比例"])], ["rejects_0", ["Rejects 0", "拒绝零"], say(["share of draws that reject an effect of zero [1]", "拒绝零效应的比例"])]]
        .map(([key, label, title]) => ({ label: say(label), title, text: (row) => short(number(row[key]), 3), value: (row) => number(row[key]) }))];
    const colour = (row) => (number(row.coverage) < poorCoverage ? lossColour : policyColour);
    const tick = axisNumber(shown.flatMap((row) => [row.left, row.right, number(row.truth), 0]).filter(Number.isFinite));
    const chart = plot({ width, height: 44 + 19 * shown.length, marginLeft: Math.min(360, Math.max(150, width * 0.42)), marginRight: 64, x: { label: null, grid: true, nice: true, ticks: Math.max(2, Math.min(6, width / 130)), tickFormat: tick }, y: { domain: shown.map((row) => row.label), label: null, tickSize: 0, tickFormat: fitting(Math.min(360, Math.max(150, width * 0.42)), 1) },
      marks: [Plot.ruleX([0], { stroke: "#9ca3af" }), Plot.link(shown.filter((row) => Number.isFinite(row.left)), { x1: "left", x2: "right", y1: "label", y2: "label", stroke: colour, strokeWidth: 2 }),
        Plot.tickX(shown, { x: "truth", y: "label", stroke: baselineColour, strokeWidth: 2.5, inset: 1 }),
        Plot.dot(shown, { x: "mean", y: "label", r: 4, fill: colour, tip: true, title: (row) => `${row.label}\n${say(["mean", "均值"])} ${full(row.mean)}, sd ${short(number(row.sd), 3)}, se ${short(number(row.se), 3)}\n${say(["truth", "真值"])} ${full(row.truth)}\n${say(["coverage", "覆盖率"])} ${short(number(row.coverage), 3)}` }),
        Plot.text(shown, { y: "label", frameAnchor: "right", dx: 58, text: (row) => `${Math.round(100 * number(row.coverage))} %`, fill: colour })] });
    return { title: effect, note: say([`Mean estimate of ${rows[0].term} over draws with two standard deviations to each side; upright: the truth [both in the unit of the coefficient: outcome per regressor as estimated]; at the right: share of ${short(100 * level)} % intervals that hold it.`, `${rows[0].term} 的估计均值及两倍标准差；竖线为真值；右侧为 ${short(100 * level)} % 置信区间覆盖率。`]),
      legend: [swatch(policyColour, say(["mean estimate", "估计均值"]), "dot"), swatch(lossColour, say([`covers less than ${100 * poorCoverage} %`, `覆盖率低于 ${100 * poorCoverage} %`]), "dot"), swatch(baselineColour, say(["truth", "真值"]), "line")],
      chart, columns, rows };
  }, { wide: true });
}

/** Share of draws in which each test rejects. */
function testsCard(id, rows, level) {
  const seen = new Set();
  const told = rows.filter((row) => Object.keys(row.tests ?? {}).length > 0 && !seen.has(`${row.model}|${row.point}`) && seen.add(`${row.model}|${row.point}`));
  return makeCard(id, () => {
    if (told.length === 0) return null;
    const names = [...new Set(told.flatMap((row) => Object.keys(row.tests)))];
    const columns = [{ label: say(["Estimator", "估计方法"]), text: (row) => row.model }, { label: say(["Condition", "条件"]), text: conditions },
      ...names.map((name) => ({ label: name.replaceAll("_", " "), title: say([`share of draws in which ${name} rejects at ${short(100 * (1 - level), 2)} % [1]`, "拒绝的抽样比例"]), text: (row) => short(number(row.tests[name]), 3), value: (row) => number(row.tests[name]) }))];
    return { title: say(["What tests of the specification notice", "设定检验"]), note: say([`Share of draws in which a test rejects at ${short(100 * (1 - level), 2)} %.`, `在 ${short(100 * (1 - level), 2)} % 水平拒绝的抽样比例。`]),
      chart: element("div", { class: "scroll tall" }, table(columns, told)), noPicture: true, columns, rows: told };
  }, { wide: true });
}

export function makeEstimatorsPart({ facts }, id) {
  const build = () => {
    const effects = [...new Set(facts.rows.map((row) => row.effect))];
    const cards = [...effects.map((effect, k) => effectCard(`${id}-effect${k}`, effect, facts.rows.filter((row) => row.effect === effect), facts.level)), testsCard(`${id}-tests`, facts.rows, facts.level)];
    const failed = facts.failed_runs ? [element("p", { class: "note" }, say([`${facts.failed_runs} runs failed and are left out.`, `${facts.failed_runs} 次模拟失败，未计入。`]))] : [];
    return { sections: [section(id, say(["Estimators held against the truth", "估计方法与真值比较"]), ...failed, element("div", { class: "cards" }, cards.map((card) => card.node)))], draw: () => { for (const card of cards) card.update(); } };
  };
  return { build };
}

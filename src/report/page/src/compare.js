// Simulated against empirical: targets with distance and verdict, scores by group, rankings, hindcast beside naive forecasts (docs/compare.md).
import { makeCard, swatch } from "./card.js";
import { element, section, select, table } from "./dom.js";
import { full, short, signed } from "./format.js";
import { capital, say } from "./labels.js";
import { fitting, Plot, plot } from "./plot.js";
import { baselineColour, categorical, lossColour, policyColour } from "./scale.js";
import { makeState } from "./state.js";

const verdicts = { met: { mark: "●", colour: policyColour, label: ["met", "符合"] }, missed: { mark: "✕", colour: lossColour, label: ["missed", "不符"] }, unclear: { mark: "◐", colour: categorical[6], label: ["unclear", "不明"] } };
const verdictOf = (word) => verdicts[word] ?? { mark: "–", colour: baselineColour, label: [word, word] };
const number = (value) => (value === null || value === undefined ? NaN : value);

/** A verdict by mark, word and colour, so that none of the three is needed. */
const verdictText = ({ verdict }) => `${verdictOf(verdict).mark} ${say(verdictOf(verdict).label)}`;

const empirical = (row) => (["level", undefined].includes(row.expect) ? `${short(number(row.value))}${row.standard_error > 0 ? ` ± ${short(row.standard_error)}` : row.tolerance > 0 ? ` (± ${short(row.tolerance)})` : ""}`
  : `${row.expect.replaceAll("_", " ")}${row.expect.startsWith("at_") ? ` ${short(number(row.value))}` : ""}`);

/** A table as a card, all of it in sight. */
function tableCard(id, { title, note = "", columns, rows, extra }) {
  return makeCard(id, () => (rows.length === 0 ? null : { title: say(title), note: say(note), chart: element("div", { class: "scroll tall" }, ...(extra?.() ?? []), table(columns(), rows)), noPicture: true, columns: columns(), rows }), { wide: true });
}

export function targetsCard(id, targets) {
  return tableCard(id, {
    title: ["Targets", "目标值"], rows: targets,
    note: ["Distance: simulated less empirical, in standard errors of source and runs where there are any, else in the unit. A level is met within two standard errors or the tolerance. Hover a name for its definition and source.",
      "距离：模拟减实证，以标准误为单位（如有），否则以原单位计。"],
    columns: () => [{ label: say(["Target", "目标"]), text: (row) => row.name, title: say(["definition and source on hover", "悬停查看定义与来源"]), hint: (row) => [row.definition, row.source].filter(Boolean).join(". ") },
      { label: say(["Group", "组"]), text: (row) => row.group ?? "" }, { label: say(["Unit", "单位"]), text: (row) => row.unit ?? "" },
      ...(targets.some((row) => row.fitted !== undefined) ? [{ label: say(["Use", "用途"]), text: (row) => (row.fitted ? say(["fitted", "拟合"]) : say(["judged", "评判"])) }] : []),
      { label: say(["Simulated", "模拟"]), title: say(["mean over runs, in the unit of the row; what it is of: hover the name, or the list of sources below", "各次模拟均值"]), text: (row) => short(number(row.simulated)), value: (row) => number(row.simulated) },
      ...(targets.some((row) => row.deviation > 0) ? [{ label: say(["sd over runs", "标准差"]), title: say(["standard deviation over runs that differ in their seed, in the unit of the row", "不同种子的标准差"]), text: (row) => short(number(row.deviation)), value: (row) => number(row.deviation) }] : []),
      { label: say(["Empirical", "实证"]), text: empirical }, { label: say(["Distance", "距离"]), title: say(["simulated less empirical, in standard errors where it says s.e., else in the unit of the row", "模拟减实证"]), text: (row) => signed(number(row.distance)) + (row.distance_in_errors ? say([" s.e.", " 标准误"]) : ""), value: (row) => number(row.distance) },
      { label: say(["Verdict", "结论"]), text: verdictText }],
  });
}

/** Definition, unit and source of every empirical number, for those who cannot hover, and on paper. */
export function sourcesCard(id, entries, title) {
  const rows = entries.filter((row) => row.source || row.definition);
  return tableCard(id, { title: ["Where the empirical numbers come from", "实证数据来源"], rows,
    columns: () => [{ label: say(["Target", "目标"]), text: (row) => row.name }, { label: say(["What is compared", "比较的量"]), text: (row) => row.definition ?? "" }, { label: say(["Unit", "单位"]), text: (row) => row.unit ?? "" },
      { label: say(["Empirical", "实证"]), text: (row) => (Array.isArray(row.empirical) ? row.empirical.join(" > ") : empirical(row)) }, { label: say(["Source", "来源"]), text: (row) => [title, row.source].filter(Boolean).join(", ") }] });
}

/** Distances in standard errors, side by side. */
function distanceCard(id, targets) {
  const rows = targets.filter((row) => row.distance_in_errors && Number.isFinite(number(row.distance)));
  return makeCard(id, (width) => (rows.length < 2 ? null : {
    title: say(["How far from the source, in standard errors", "与实证的距离（标准误）"]), note: say(["Within the two lines a target is met.", "两线之间为符合。"]),
    legend: Object.values(verdicts).map(({ colour, label }) => swatch(colour, say(label), "dot")),
    chart: plot({ width, height: 50 + 20 * rows.length, marginLeft: Math.min(300, width * 0.5), x: { grid: true, label: null, nice: true, tickFormat: (v) => short(v) }, y: { domain: rows.map((row) => row.name), label: null, tickSize: 0, tickFormat: fitting(Math.min(300, width * 0.5), 1) },
      marks: [Plot.ruleX([-2, 2], { stroke: "#9ca3af", strokeDasharray: "4,3" }), Plot.ruleX([0], { stroke: "#9ca3af" }), Plot.link(rows, { x1: 0, x2: "distance", y1: "name", y2: "name", stroke: (row) => verdictOf(row.verdict).colour, strokeWidth: 1.5 }),
        Plot.dot(rows, { x: "distance", y: "name", r: 4.5, fill: (row) => verdictOf(row.verdict).colour, tip: true, title: (row) => `${row.name}\n${full(row.simulated)} ${say(["against", "对"])} ${empirical(row)}${row.unit && row.unit !== "1" ? ` ${row.unit}` : ""}\n${say(["distance", "距离"])} ${signed(row.distance)} ${say(["standard errors", "标准误"])}${row.source ? `\n${row.source}` : ""}` })] }),
    columns: [{ label: say(["Target", "目标"]), text: (row) => row.name }, { label: say(["Distance", "距离"]), title: say(["simulated less empirical, in standard errors [1]", "模拟减实证（标准误）"]), text: (row) => signed(row.distance), value: (row) => row.distance }], rows,
  }), { wide: true });
}

/** Counts of verdicts by group, from the file or from its targets and rankings. */
function scoresOf(facts) {
  if (facts.scores) return facts.scores;
  const groups = new Map();
  for (const { group, verdict } of [...facts.targets, ...facts.rankings]) {
    if (!groups.has(group)) groups.set(group, { group, met: 0, missed: 0, unclear: 0, undefined: 0 });
    groups.get(group)[verdict] += 1;
  }
  return [...groups.values()];
}

function scoresCard(id, facts) {
  const rows = scoresOf(facts);
  // Verdicts that nothing got need no column.
  const words = rows.length ? Object.keys(rows[0]).filter((key) => key !== "group" && (["met", "missed"].includes(key) || rows.some((row) => row[key] > 0))) : [];
  return tableCard(id, { title: ["Scores by group", "分组得分"], rows, columns: () => [{ label: say(["Group", "组"]), text: (row) => row.group || "–" },
    ...words.map((word) => ({ label: say(verdictOf(word).label), title: say([`targets and rankings with the verdict "${word.replaceAll("_", " ")}"`, "得到该结论的目标与排名数"]), text: (row) => String(row[word]), value: (row) => row[word] }))] });
}

function rankingsCard(id, rankings) {
  return tableCard(id, { title: ["Rankings", "排名"], rows: rankings, note: ["Rank correlation [1]: Spearman's, of those named. Overlap [1]: share of them among as many highest of all.", "秩相关：斯皮尔曼；重合度：名列前茅者的比重。"],
    columns: () => [{ label: say(["Ranking", "排名"]), text: (row) => row.name, hint: (row) => row.source ?? "" }, { label: say(["Rank correlation", "秩相关"]), title: say(["Spearman's, of those named [1]", "斯皮尔曼秩相关"]), text: (row) => short(number(row.rank_correlation), 3), value: (row) => number(row.rank_correlation) },
      { label: say(["Overlap", "重合度"]), title: say(["share of those named among as many highest of all [1]", "名列前茅者的比重"]), text: (row) => short(number(row.overlap), 3), value: (row) => number(row.overlap) }, { label: say(["Verdict", "结论"]), text: verdictText },
      { label: say(["Empirical, highest first", "实证顺序"]), text: (row) => row.empirical.join(" > ") }, { label: say(["Simulated", "模拟顺序"]), text: (row) => row.simulated.join(" > ") }] });
}

const forecastNames = { model: ["model", "模型"], model_national: ["model at national totals", "模型（国家总量）"], no_change: ["no change", "不变"], proportional: ["proportional growth", "等比增长"], mean_reversion: ["mean reversion", "均值回归"],
  combined: ["mean reversion and model", "均值回归加模型"], combined_naive: ["mean reversion and proportional growth", "均值回归加等比增长"] };
const forecastColours = { model: policyColour, model_national: "#56b4e9", no_change: baselineColour, proportional: "#e69f00", mean_reversion: "#cc79a7", combined: "#009e73", combined_naive: "#d55e00" };
const scores = { rank_correlation: ["rank correlation of changes", "变化的秩相关"], correlation: ["correlation of changes", "变化的相关系数"], rmse: ["root mean square error of the later level", "后期水平的均方根误差"], sign: ["share of directions that are right", "方向正确比重"],
  skill_no_change: ["skill on no change", "相对“不变”的技巧"], skill_proportional: ["skill on proportional growth", "相对“等比增长”的技巧"], skill_mean_reversion: ["skill on mean reversion", "相对“均值回归”的技巧"] };

/** @param rows {series, units, forecast, scores...} the model beside naive forecasts */
export function forecastCard(id, rows) {
  const key = (word) => word.replaceAll(" ", "_");
  const state = makeState({ score: "rank_correlation", units: rows[0]?.units });
  const controls = element("div", { class: "controls inner" });
  const card = makeCard(id, (width) => {
    if (rows.length === 0) return null;
    const { score, units } = state.get();
    const groups = [...new Set(rows.map((row) => row.units))];
    const known = Object.keys(scores).filter((name) => rows.some((row) => Number.isFinite(number(row[name]))));
    controls.replaceChildren(select(say(["Score", "指标"]), `${id}-score`, known.map((name) => [name, capital(say(scores[name]))]), score, (value) => { state.set({ score: value }); card.update(); }),
      ...(groups.length > 1 ? [select(say(["Units", "单元"]), `${id}-units`, groups.map((name) => [name, name]), units, (value) => { state.set({ units: value }); card.update(); })] : []));
    const shown = rows.filter((row) => row.units === units && Number.isFinite(number(row[score])) && !(score === "skill_" + key(row.forecast)));
    const series = [...new Set(rows.filter((row) => row.units === units).map((row) => row.series))];
    const name = (row) => say(forecastNames[key(row.forecast)] ?? [row.forecast, row.forecast]);
    return {
      title: say([`Hindcast: ${scores[score][0]}`, `回溯预测：${scores[score][1]}`]),
      note: say(["Changes from the first census to the second, forecast by the model and by forecasts that know no economics. Proportional growth and the model at national totals know the nation's later totals, mean reversion the later census of other provinces. Skill: share of the naive forecast's mean square error that is saved; below 0 it is worse.",
        "两次普查间的变化：模型与朴素预测对比。技巧：相对朴素预测节省的均方误差比重，低于 0 则更差。"]),
      legend: [...new Set(shown.map((row) => key(row.forecast)))].map((word) => swatch(forecastColours[word] ?? categorical[7], say(forecastNames[word] ?? [word, word]), word === "model" ? "dot" : "ring")),
      chart: plot({ width, height: 50 + 26 * series.length, marginLeft: Math.min(210, width * 0.42), x: { grid: true, label: null, nice: true, tickFormat: (v) => short(v, 3) }, y: { domain: series, label: null, tickSize: 0, tickFormat: (name) => fitting(Math.min(210, width * 0.42))(name.replaceAll("_", " ")) },
        marks: [Plot.ruleX([0], { stroke: "#9ca3af" }), Plot.dot(shown.filter((row) => key(row.forecast) !== "model"), { x: score, y: "series", r: 5, strokeWidth: 2, stroke: (row) => forecastColours[key(row.forecast)] ?? categorical[7] }),
          Plot.dot(shown.filter((row) => key(row.forecast) === "model"), { x: score, y: "series", r: 5, fill: forecastColours.model }),
          Plot.tip(shown, Plot.pointer({ x: score, y: "series", title: (row) => `${row.series}, ${name(row)}\n${full(row[score])}${row.n ? `\nn = ${row.n}` : ""}` }))] }),
      columns: [{ label: say(["Series", "序列"]), text: (row) => row.series }, { label: say(["Units", "单元"]), text: (row) => row.units }, { label: "n", title: say(["units that the scores are over", "单元数"]), text: (row) => String(row.n ?? ""), value: (row) => number(row.n) }, { label: say(["Forecast", "预测"]), text: name },
        ...known.map((one) => ({ label: capital(say(scores[one])), title: `${one}: ${say(scores[one])}${one === "rmse" ? say([" [unit of the series]", "（序列单位）"]) : " [1]"}; docs/compare.md`, text: (row) => short(number(row[one]), 3), value: (row) => number(row[one]) }))],
      rows,
    };
  }, { wide: true });
  card.node.querySelector("header").after(controls);
  return card;
}

const censusTitles = () => ({ observed: say(["mean over units, census, in the quantity's unit", "普查均值"]), simulated: say(["mean over units, run, in the quantity's unit", "模拟均值"]), correlation: say(["of simulated and observed over units [1]", "相关系数"]),
  rank_correlation: say(["Spearman's, over units [1]", "斯皮尔曼秩相关"]), rmse: say(["root mean square of simulated less observed over units, in the quantity's unit", "均方根误差"]) });

function censusCard(id, rows) {
  return tableCard(id, { title: ["Levels of the census", "普查水平"], rows, note: ["Means over units of what the census and the run say of a later year, and how well they agree over units: correlations, root mean square error in the quantity's own unit.",
    "普查与模拟在后一年份的单元均值，以及各单元间的吻合程度。"], columns: () => [{ label: say(["Sector", "行业"]), text: (row) => row.sector }, { label: say(["Quantity", "量"]), text: (row) => row.quantity }, { label: say(["Units", "单元"]), text: (row) => row.units },
    ...[["observed", ["Observed", "实测"]], ["simulated", ["Simulated", "模拟"]], ["correlation", ["Correlation", "相关"]], ["rank_correlation", ["Rank correlation", "秩相关"]], ["rmse", ["Root mean square error", "均方根误差"]]]
      .map(([key, label]) => ({ label: say(label), title: censusTitles()[key], text: (row) => short(number(row[key]), 3), value: (row) => number(row[key]) }))] });
}

export function makeComparisonPart({ facts }, id) {
  const hindcast = (facts.hindcast ?? []).map((row) => ({ ...row, series: row.sector }));
  const build = () => {
    const cards = [scoresCard(`${id}-scores`, facts), distanceCard(`${id}-distances`, facts.targets), targetsCard(`${id}-targets`, facts.targets), rankingsCard(`${id}-rankings`, facts.rankings), forecastCard(`${id}-hindcast`, hindcast),
      censusCard(`${id}-census`, facts.census ?? []), tableCard(`${id}-open`, { title: ["What cannot be checked", "无法检验的论断"], rows: facts.not_checkable ?? [],
        columns: () => [{ label: say(["Statement", "论断"]), text: (row) => row.name }, { label: say(["Why", "原因"]), text: (row) => row.reason }, { label: say(["Source", "来源"]), text: (row) => row.source }] }),
      sourcesCard(`${id}-sources`, [...facts.targets, ...facts.rankings], facts.title)];
    return { sections: [section(id, `${say(["Simulated against empirical", "模拟与实证"])}${facts.title ? `: ${facts.title}` : ""}`, element("div", { class: "cards" }, cards.map((card) => card.node)))], draw: () => { for (const card of cards) card.update(); } };
  };
  return { build };
}

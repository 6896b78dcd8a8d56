// Core against periphery, relocation of firms, inequality: what moved between places.
import { makeCard, swatch } from "./card.js";
import { described, short, signed } from "./format.js";
import { capital, placeName, regionName, say, sectorName, unitName } from "./labels.js";
import { groupQuotient, incomePerResident, lorenz, productPerResident } from "./measures.js";
import { fitting, Plot, plot } from "./plot.js";
import { baselineColour, categorical, gainColour, lossColour, policyColour } from "./scale.js";

const tiers = ["core", "second_centre", "periphery"];
const tierColours = { core: categorical[0], second_centre: categorical[2], periphery: categorical[1] };
const atMost = 20;

const year = (data, state) => data.years[state.get().year];
/** A run without a baseline is no policy. */
const runWord = (data) => (data.has_baseline ? say(["policy", "政策情景"]) : say(["this run", "本情景"]));
/** What hollow marks show: the baseline, or without one the first year. */
const reference = (data, y) => (data.has_baseline ? ["baseline", y, say(["baseline", "基准情景"])] : ["run", 0, String(data.years[0])]);

export function makeQuotients(data, state) {
  return makeCard("quotients", (width) => {
    const groups = tiers.map((tier) => [tier, data.nation.filter((region) => region.tier === tier)]).filter(([, regions]) => regions.length > 0);
    if (groups.length < 2 || !data.variable("employment")) return null;
    const y = state.get().year;
    const [which, other, word] = reference(data, y);
    const rows = data.sectors.flatMap((sector) => groups.map(([tier, regions]) => ({
      sector: sectorName(sector), tier, now: groupQuotient(data, "run", regions, sector.index, y),
      before: groupQuotient(data, which, regions, sector.index, other) }))).filter((row) => Number.isFinite(row.now));
    const ofTier = say([`share of the tier in the sector's national employment over its share in all employment [1], from ${described(data.variable("employment"))}`, "该层级占全国行业就业比重除以占全部就业比重"]);
    return {
      title: say([`Specialisation of core and periphery, ${year(data, state)}`, `核心与外围的专业化，${year(data, state)}年`]),
      note: say(["Location quotient of all regions of a tier together: their share of the sector's national employment over their share of all employment [1 = national share]; regions abroad left out. Hollow: ", "各层级地区合计的区位商：占行业就业比重除以占全部就业比重，1 为全国比重。空心：" ]) + word + ".",
      legend: [...groups.map(([tier]) => swatch(tierColours[tier], placeName(tier), "dot")), swatch(baselineColour, word, "ring")],
      chart: plot({
        width, height: 60 + 26 * data.sectors.length, marginLeft: Math.min(210, width * 0.42), marginRight: 16,
        x: { grid: true, label: null, nice: true }, y: { label: null, domain: data.sectors.map(sectorName), tickSize: 0, tickFormat: fitting(Math.min(210, width * 0.42)) },
        marks: [Plot.ruleX([1], { stroke: "#9ca3af" }), Plot.link(Array.from(new Set(rows.map((row) => row.sector)), (name) => {
          const values = rows.filter((row) => row.sector === name).map((row) => row.now);
          return { name, low: Math.min(...values), high: Math.max(...values) };
        }), { x1: "low", x2: "high", y1: "name", y2: "name", stroke: "var(--edge)", strokeWidth: 3 }),
        Plot.dot(rows, { x: "before", y: "sector", stroke: (row) => tierColours[row.tier], r: 5, fill: "none" }),
        Plot.dot(rows, { x: "now", y: "sector", fill: (row) => tierColours[row.tier], r: 4.5, tip: true,
          title: (row) => `${row.sector}, ${placeName(row.tier)}\n${say(["location quotient", "区位商"])} ${short(row.now)}; ${word} ${short(row.before)}` })],
      }),
      columns: [{ label: say(["Sector", "行业"]), text: (row) => row.sector }, { label: say(["Tier", "层级"]), text: (row) => placeName(row.tier) },
        { label: capital(runWord(data)), title: ofTier, text: (row) => short(row.now), value: (row) => row.now },
        { label: word, title: ofTier, text: (row) => short(row.before), value: (row) => row.before }],
      rows,
    };
  });
}

export function makeTheta(data, state) {
  return makeCard("theta", (width) => {
    const theta = data.variable("theta_nonagri") ?? data.variable("theta");
    if (!theta) return null;
    const y = state.get().year;
    const [which, other, word] = reference(data, y);
    const rows = data.nation.map((region) => ({ region, name: regionName(region), now: theta.get("run", { year: y, region: region.index }),
      before: theta.get(which, { year: other, region: region.index }) })).filter((row) => Number.isFinite(row.now));
    if (rows.length === 0) return null;
    const shown = rows.slice().sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before)).slice(0, atMost).sort((a, b) => b.now - a.now);
    return {
      title: say([`Co-agglomeration of manufacturing and producer services, ${year(data, state)}`, `制造业与生产性服务业协同集聚，${year(data, state)}年`]),
      note: `${capital(theta.definition)} [${theta.unit}]. ${rows.length > atMost ? say([`The ${atMost} regions that change most.`, `变化最大的${atMost}个地区。`]) : ""}`,
      legend: [swatch(policyColour, data.has_baseline ? runWord(data) : String(year(data, state)), "dot"), swatch(baselineColour, word, "ring")],
      chart: plot({
        width, height: 50 + 22 * shown.length, marginLeft: Math.min(150, width * 0.34), marginRight: 16, x: { grid: true, label: null, nice: true },
        y: { label: null, domain: shown.map((row) => row.name), tickSize: 0, tickFormat: fitting(Math.min(150, width * 0.34), 1) },
        marks: [Plot.link(shown, { x1: "before", x2: "now", y1: "name", y2: "name", stroke: (row) => (row.now >= row.before ? gainColour : lossColour), strokeWidth: 2 }),
          Plot.dot(shown, { x: "before", y: "name", stroke: baselineColour, r: 4.5, fill: "var(--paper)" }),
          Plot.dot(shown, { x: "now", y: "name", fill: policyColour, r: 4.5, tip: true, title: (row) => `${row.name}\n${theta.name} ${short(row.now)}; ${word} ${short(row.before)}` })],
      }),
      columns: [{ label: say(["Region", "地区"]), text: (row) => row.name },
        { label: capital(runWord(data)), title: described(theta), text: (row) => short(row.now), value: (row) => row.now },
        { label: word, title: described(theta), text: (row) => short(row.before), value: (row) => row.before },
        { label: say(["Difference", "差异"]), title: described(theta), text: (row) => signed(row.now - row.before), value: (row) => row.now - row.before }],
      rows: rows.sort((a, b) => b.now - a.now),
    };
  });
}

export function makeMoves(data, state, current) {
  return makeCard("moves", (width) => {
    const moves = data.variable("firms_net_moves");
    if (!moves) return null;
    const sector = state.get().sector;
    const sectors = sector < 0 || !current().measure.bySector ? data.sectors : [data.sectors[sector]];
    const upTo = state.get().year;
    const sum = (which, region) => {
      let total = 0;
      for (const s of sectors) for (let y = 0; y <= upTo; y++) total += moves.get(which, { year: y, region, sector: s.index });
      return total;
    };
    const rows = data.nation.map((region) => ({ region, name: regionName(region), net: sum("run", region.index), baseline: sum("baseline", region.index),
      shown: sum(data.has_baseline ? "difference" : "run", region.index) })).filter((row) => Number.isFinite(row.shown));
    if (rows.every((row) => row.net === 0)) return null;
    const ends = rows.slice().sort((a, b) => Math.abs(b.shown) - Math.abs(a.shown)).slice(0, atMost).sort((a, b) => b.shown - a.shown);
    const what = sectors.length === 1 ? sectorName(sectors[0]) : say(["all sectors", "全部行业"]);
    const kind = data.has_baseline ? say(["Policy less baseline", "政策减基准"]) : say(["Net", "净迁入"]);
    return {
      title: say([`Firms that moved, ${data.years[0]}–${data.years[upTo]}: ${what.toLowerCase()}`, `企业迁移，${data.years[0]}–${data.years[upTo]}年：${what}`]),
      note: say([`Firms moved in less firms moved out [${moves.unit}], all years together`, `累计迁入减迁出企业数 [${unitName(moves.unit)}]`]) + (data.has_baseline ? say(["; policy less baseline", "，政策减基准"]) : "") +
        say([". Firms that are founded or close are not counted.", "。不含新设与退出企业。"]) + (rows.length > atMost ? say([` The ${atMost} largest.`, `最大的${atMost}个地区。`]) : "") +
        (data.flows.length ? "" : say([" Where they went is in results of scenarios with output: {flows: sector_groups}.", "若情景设 output: {flows: sector_groups}，结果将包含迁移去向。"])),
      legend: [swatch(gainColour, say(["gains firms", "净迁入"])), swatch(lossColour, say(["loses firms", "净迁出"]))],
      chart: plot({
        width, height: 50 + 22 * ends.length, marginLeft: Math.min(150, width * 0.34), marginRight: 16, x: { grid: true, label: null, tickFormat: (v) => short(v, 3), ticks: Math.max(2, width / 110) },
        y: { label: null, domain: ends.map((row) => row.name), tickSize: 0, padding: 0.25, tickFormat: fitting(Math.min(150, width * 0.34), 1) },
        marks: [Plot.barX(ends, { x: "shown", y: "name", fill: (row) => (row.shown >= 0 ? gainColour : lossColour), fillOpacity: 0.8, tip: true,
          title: (row) => `${row.name}\n${signed(row.shown)} ${unitName(moves.unit)}${data.has_baseline ? `\n${say(["policy", "政策"])} ${signed(row.net)}, ${say(["baseline", "基准"])} ${signed(row.baseline)}` : ""}` }),
        Plot.ruleX([0], { stroke: "#6b7280" })],
      }),
      columns: [{ label: say(["Region", "地区"]), text: (row) => row.name }, { label: kind, title: described(moves), text: (row) => signed(row.shown), value: (row) => row.shown },
        ...(data.has_baseline ? [{ label: say(["Policy", "政策情景"]), title: described(moves), text: (row) => signed(row.net), value: (row) => row.net },
          { label: say(["Baseline", "基准情景"]), title: described(moves), text: (row) => signed(row.baseline), value: (row) => row.baseline }] : [])],
      rows: rows.sort((a, b) => b.shown - a.shown),
    };
  });
}

export function makeLorenz(data, state) {
  return makeCard("lorenz", (width) => {
    const y = state.get().year;
    const kinds = [[say(["real income", "实际收入"]), incomePerResident, policyColour], [say(["real GDP", "实际GDP"]), productPerResident, "#d55e00"]];
    const runs = [["run", runWord(data)], ...(data.has_baseline ? [["baseline", say(["baseline", "基准"])]] : [])];
    const curves = kinds.flatMap(([kind, rows, colour]) => runs.map(([which, word]) => ({ kind, which, word, colour, ...lorenz(rows(data, which, y)) })))
      .filter((curve) => curve.points.length > 2);
    if (curves.length === 0) return null;
    const side = Math.min(width, 400);
    const gini = (kind) => curves.filter((curve) => curve.kind === kind).map((curve) => `${curve.word} ${curve.gini.toPrecision(4)}`).join(", ");
    return {
      title: say([`Inequality between regions, ${year(data, state)}`, `地区间不平等，${year(data, state)}年`]),
      note: `${say(["Lorenz curves of income and product a resident, regions weighted by residents (real_income over group_population, real_gdp over population). Gini of", "人均收入与产出洛伦兹曲线，按人口加权。基尼系数："])} ` +
        `${[...new Set(curves.map((curve) => curve.kind))].map((kind) => `${kind}: ${gini(kind)}`).join("; ")}.`,
      legend: curves.map((curve) => swatch(curve.colour, `${curve.kind}, ${curve.word}`, curve.which === "run" ? "line" : "dashed")),
      chart: plot({
        width: side, height: side * 0.92, marginLeft: 46, marginBottom: 40, marginTop: 26, x: { domain: [0, 1], label: say(["share of residents →", "人口比重 →"]), tickFormat: "%", ticks: 5 },
        y: { domain: [0, 1], label: say(["↑ share of income, of product", "↑ 收入或产出比重"]), tickFormat: "%", grid: true, ticks: 5 },
        marks: [Plot.line([[0, 0], [1, 1]], { stroke: "#9ca3af" }),
          ...curves.slice().reverse().map((curve) => Plot.line(curve.points, { x: "people", y: "income", stroke: curve.colour, strokeWidth: 2, strokeDasharray: curve.which === "run" ? null : "5,4" })),
        Plot.tip(curves.flatMap((curve) => curve.points.slice(1).map((point) => ({ ...point, curve }))), Plot.pointer({ x: "people", y: "income", title: ({ curve, region, people, income }) =>
          `${curve.kind}, ${curve.word}\n${say([`up to ${regionName(region)}`, `至${regionName(region)}`])}\n${say(["residents", "人口"])} ${short(100 * people)} %, ${say(["share", "份额"])} ${short(100 * income)} %` }))],
      }),
      columns: [{ label: say(["Curve", "曲线"]), text: (row) => `${row.curve.kind}, ${row.curve.word}` }, { label: say(["Region", "地区"]), text: (row) => regionName(row.region) },
        { label: say(["Share of residents, cumulated", "人口累计比重"]), title: say(["residents of this region and all poorer ones over all residents [1]", "本地区及更低收入地区人口占比"]), text: (row) => short(row.people), value: (row) => row.people },
        { label: say(["Share cumulated", "累计比重"]), title: say(["their real income, or real GDP, over that of all [1]", "其实际收入或实际GDP占比"]), text: (row) => short(row.income), value: (row) => row.income }],
      rows: curves.flatMap((curve) => curve.points.slice(1).map((point) => ({ ...point, curve }))),
    };
  });
}

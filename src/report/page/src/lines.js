// Lines over the years for chosen regions, and one panel a sector.
import { axisNumber, described, short } from "./format.js";
import { capital, regionName, say, sectorName, unitName } from "./labels.js";
import { isChange, viewName } from "./measures.js";
import { fitting, grid, Plot, plot, sensitive } from "./plot.js";
import { baselineColour, categorical, policyColour } from "./scale.js";
import { makeCard, swatch } from "./card.js";

/** Years as ticks without thousands separators, about one for each 60 pixels. */
export function yearAxis(data, width) {
  const step = Math.max(1, Math.ceil(data.years.length / Math.max(2, width / 60)));
  return { ticks: data.years.filter((_, i) => i % step === 0), tickFormat: (year) => String(year), label: null };
}

export function makeLines(data, state, current) {
  return makeCard("lines", (width) => {
    const { measure, view } = current();
    const chosen = state.get().selected.map((index) => data.regions[index]);
    const change = isChange(view) || measure.always;
    const rows = chosen.flatMap((region, k) => data.years.map((year, y) => ({
      region, name: regionName(region), colour: categorical[k % categorical.length], year,
      value: measure.value(change ? view : "run", region.index, y), baseline: change ? NaN : measure.value("baseline", region.index, y) })));
    const line = (channel, dash) => Plot.line(rows.filter((row) => Number.isFinite(row[channel])),
      { x: "year", y: channel, z: "name", stroke: "colour", strokeWidth: 2, strokeDasharray: dash });
    const hasBaseline = data.has_baseline && !change;
    return {
      title: `${measure.name}${say([" over the years", "：逐年变化"])}`,
      note: `${capital(measure.definition)} [${measure.unit("run") || "1"}]${change && !measure.always ? `; ${viewName(data, view).toLowerCase()}` : ""}. ${say(["Choose regions on the map or in the ranking.", "在地图或排名中选择地区。"])}`,
      legend: [...chosen.map((region, k) => swatch(categorical[k % categorical.length], regionName(region), "line")),
        ...(hasBaseline ? [swatch(baselineColour, say(["baseline", "基准情景"]), "dashed")] : [])],
      chart: plot({
        width, height: 300, marginLeft: 56, marginRight: 20, x: yearAxis(data, width), y: { grid: true, label: null, tickFormat: axisNumber(rows.flatMap((row) => [row.value, row.baseline])), nice: true },
        marks: [change ? Plot.ruleY([0], { stroke: "#9ca3af" }) : null, hasBaseline ? line("baseline", "5,4") : null, line("value"),
          Plot.ruleX([data.years[state.get().year]], { stroke: "#9ca3af", strokeDasharray: "2,3" }),
          Plot.tip(rows, Plot.pointer({ x: "year", y: "value", title: (d) => `${d.name} ${d.year}\n${short(d.value)}${Number.isFinite(d.baseline) ? `\n${say(["baseline", "基准"])} ${short(d.baseline)}` : ""}` }))],
      }),
      columns: [{ label: say(["Region", "地区"]), text: (row) => row.name }, { label: say(["Year", "年份"]), text: (row) => String(row.year) },
        { label: change ? measure.name : viewName(data, "run"), title: measure.described, text: (row) => short(row.value), value: (row) => row.value },
        ...(hasBaseline ? [{ label: say(["Baseline", "基准情景"]), title: measure.described, text: (row) => short(row.baseline), value: (row) => row.baseline }] : [])],
      rows,
    };
  }, { wide: true });
}

/** What a line says of a year where the pointer is. */
const yearTip = (rows, name, value, unit) => Plot.tip(rows.filter((row) => Number.isFinite(row[value])), Plot.pointerX({ x: "year", y: value, title: (row) =>
  `${name} ${row.year}\n${short(row[value])} ${unit}`.trimEnd() + (Number.isFinite(row.baseline) ? `\n${say(["baseline", "基准"])} ${short(row.baseline)} ${unit}`.trimEnd() : "") }));

const mostPanels = 16;

/** Small pictures side by side: two on a telephone. */
const panelColumns = (width) => Math.max(width >= 300 ? 2 : 1, Math.min(4, Math.floor(width / 210)));

/** The regions a panel each: all where they are few, else those chosen and the ones that rank first in the year shown. */
export function makeRegions(data, state, current) {
  return makeCard("regions", (width) => {
    const { measure, view } = current();
    const { selected, year: upTo } = state.get();
    if (data.years.length < 2 || data.nation.length < 2) return null;
    const change = isChange(view) || measure.always;
    const size = (region) => { const value = measure.value(change ? view : "run", region.index, upTo); return Number.isFinite(value) ? (change ? Math.abs(value) : value) : -Infinity; };
    const sorted = data.nation.slice().sort((a, b) => size(b) - size(a));
    const few = [...new Set([...selected.map((index) => data.regions[index]), ...sorted])].slice(0, mostPanels);
    const shown = sorted.filter((region) => few.includes(region));
    const rows = shown.flatMap((region) => data.years.map((year, y) => ({ region, year, value: measure.value(change ? view : "run", region.index, y), baseline: change ? NaN : measure.value("baseline", region.index, y) })));
    const hasBaseline = data.has_baseline && !change;
    const columns = panelColumns(width), each = Math.floor((width - (columns - 1) * 8) / columns);
    const panel = (region) => {
      const own = rows.filter((row) => row.region === region);
      const line = (channel, colour, dash) => Plot.line(own.filter((row) => Number.isFinite(row[channel])), { x: "year", y: channel, stroke: colour, strokeWidth: 1.8, strokeDasharray: dash });
      return plot({
        width: each, height: 130, marginLeft: 58, marginTop: 26, marginBottom: 22, marginRight: 14,
        x: { ...yearAxis(data, each - 40), ticks: [data.years[0], data.years.at(-1)] }, y: { ticks: 3, label: null, grid: true, tickFormat: axisNumber(own.flatMap((row) => [row.value, row.baseline])) },
        marks: [sensitive(), change ? Plot.ruleY([0], { stroke: "#9ca3af" }) : null, hasBaseline ? line("baseline", baselineColour, "4,3") : null, line("value", policyColour),
          yearTip(own, regionName(region), "value", measure.unit(change ? view : "run")),
          Plot.text([fitting(0.85 * each, 1)(regionName(region))], { frameAnchor: "top-left", dy: -22, dx: -54, fontWeight: 600, fill: region.target && data.nation.some((one) => !one.target) ? policyColour : "currentColor" })],
      });
    };
    return {
      title: say([`${measure.name}: region by region`, `${measure.name}：分地区`]),
      note: `${capital(measure.definition)} [${measure.unit("run") || "1"}]${change && !measure.always ? `; ${viewName(data, view).toLowerCase()}` : ""}. ${say(["Each panel has a scale of its own.", "各图纵轴不同。"])}` +
        (shown.length < data.nation.length ? say([` The ${shown.length} that rank first, with those chosen.`, ` 排名前列及所选共${shown.length}个地区。`]) : ""),
      legend: [swatch(policyColour, viewName(data, change ? view : "run").toLowerCase(), "line"), ...(hasBaseline ? [swatch(baselineColour, say(["baseline", "基准情景"]), "dashed")] : [])],
      chart: grid(shown.map(panel), columns, width),
      columns: [{ label: say(["Region", "地区"]), text: (row) => regionName(row.region) }, { label: say(["Year", "年份"]), text: (row) => String(row.year) }, { label: viewName(data, change ? view : "run"), title: measure.described, text: (row) => short(row.value), value: (row) => row.value },
        ...(hasBaseline ? [{ label: say(["Baseline", "基准情景"]), title: measure.described, text: (row) => short(row.baseline), value: (row) => row.baseline }] : [])],
      rows,
    };
  }, { wide: true });
}

/** Region whose sectors are shown: the one chosen last. */
const regionShown = (data, state) => data.regions[state.get().focus];

export function makeSectors(data, state) {
  return makeCard("sectors", (width) => {
    const employment = data.variable("employment");
    if (!employment) return null;
    const region = regionShown(data, state);
    const someTargets = data.sectors.some((sector) => !sector.target);
    const columns = panelColumns(width);
    const each = Math.floor((width - (columns - 1) * 8) / columns);
    const all = data.sectors.flatMap((sector) => data.years.map((year, y) => {
      const at = { year: y, region: region.index, sector: sector.index };
      return { sector, year, run: employment.get("run", at), baseline: employment.get("baseline", at) };
    }));
    const plots = data.sectors.map((sector) => {
      const rows = all.filter((row) => row.sector === sector);
      const line = (channel, colour, dash) => Plot.line(rows, { x: "year", y: channel, stroke: colour, strokeWidth: 1.8, strokeDasharray: dash });
      return plot({
        width: each, height: 140, marginLeft: 58, marginTop: 26, marginBottom: 22, marginRight: 14,
        x: { ...yearAxis(data, each - 40), ticks: [data.years[0], data.years.at(-1)] }, y: { ticks: 3, label: null, grid: true, tickFormat: axisNumber(rows.flatMap((row) => [row.run, row.baseline])) },
        marks: [sensitive(), data.has_baseline ? line("baseline", baselineColour, "4,3") : null, line("run", policyColour), yearTip(rows, sectorName(sector), "run", unitName(employment.unit)),
          Plot.text([fitting(0.85 * each, 1)(sectorName(sector))], { frameAnchor: "top-left", dy: -22, dx: -54, fontWeight: 600, fill: sector.target && someTargets ? policyColour : "currentColor" })],
      });
    });
    return {
      title: say([`Employment by sector in ${regionName(region)}`, `${regionName(region)}分行业就业`]),
      note: `${capital(employment.definition)} [${employment.unit}]. ${say(["Each panel has a scale of its own.", "各图纵轴不同。"])}` + (someTargets && data.sectors.some((sector) => sector.target) ? say([" Sectors that a policy aims at are in blue.", "蓝色标题为政策目标行业。"]) : ""),
      legend: [swatch(policyColour, data.has_baseline ? say(["policy", "政策情景"]) : say(["run", "本情景"]), "line"), ...(data.has_baseline ? [swatch(baselineColour, say(["baseline", "基准情景"]), "dashed")] : [])],
      chart: grid(plots, columns, width),
      columns: [{ label: say(["Sector", "行业"]), text: (row) => sectorName(row.sector) }, { label: say(["Year", "年份"]), text: (row) => String(row.year) },
        { label: viewName(data, "run"), title: described(employment), text: (row) => short(row.run), value: (row) => row.run },
        ...(data.has_baseline ? [{ label: say(["Baseline", "基准情景"]), title: described(employment), text: (row) => short(row.baseline), value: (row) => row.baseline }] : [])],
      rows: all,
    };
  }, { wide: true });
}

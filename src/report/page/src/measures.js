// From a choice of indicator, sector or group, and view to numbers.
import { described } from "./format.js";
import { currentLanguage, factorName, indicatorGroups, say, sectorName, unitName } from "./labels.js";

export const everySector = -1;

export function indicatorsOf(data) {
  return indicatorGroups.map(({ label, items }) => ({ label, items: items.filter((item) => data.variable(item.id)) })).filter(({ items }) => items.length > 0);
}

/** The views an indicator allows: with a baseline level, baseline and two kinds of difference; else level and change since the first year. */
export function viewsOf(data, item) {
  if (item.change === "only") return ["run"];
  const relative = item.change === "percent";
  if (data.has_baseline) return ["run", "baseline", "difference", ...(relative ? ["percent"] : [])];
  return ["run", "since", ...(relative ? ["since_percent"] : [])];
}

const viewNames = {
  run: ["Policy", "政策情景"], baseline: ["Baseline", "基准情景"], difference: ["Difference", "差异"], percent: ["Difference, %", "差异 %"],
  since: ["Change", "变化"], since_percent: ["Change, %", "变化 %"],
};
/** Name of a view; a run without a baseline is no policy but a level. */
export const viewName = (data, view) => say(view === "run" && !data.has_baseline ? ["Level", "水平"] : viewNames[view]);
export const isChange = (view) => view !== "run" && view !== "baseline";

/** An indicator for a sector or group: numbers by view, region and year, with unit, name and definition. */
export function measure(data, item, { sector = everySector, factor = 0 } = {}) {
  const main = data.variable(item.id);
  const bySector = main.has("sector"), byFactor = main.has("factor");
  const sectors = bySector && sector === everySector && item.sum ? data.sectors.map((s) => s.index) : [Math.max(sector, 0)];

  function plain(which, region, year) {
    let sum = 0;
    for (const s of sectors) sum += main.get(which, { year, region, sector: s, factor });
    return sum;
  }
  function value(view, region, year) {
    switch (view) {
      case "percent": return 100 * plain("difference", region, year) / plain("baseline", region, year);
      case "since": return plain("run", region, year) - plain("run", region, 0);
      case "since_percent": return 100 * (plain("run", region, year) / plain("run", region, 0) - 1);
      default: return plain(view, region, year);
    }
  }
  const part = bySector ? (sector === everySector && item.sum ? say(["all sectors", "全部行业"]) : sectorName(data.sectors[Math.max(sector, 0)]))
    : byFactor ? factorName(data.factors[main.factors[factor]]) : "";
  return {
    item, value, bySector, byFactor, factors: main.factors,
    always: item.change === "only",  // a difference by itself
    unit: (view) => (view.endsWith("percent") ? "%" : unitName(main.unit)),
    rawUnit: main.unit,
    name: say(item.label) + (part ? (currentLanguage() === "zh" ? `，${part}` : `, ${part.toLowerCase()}`) : ""),
    definition: main.definition,
    described: described(main),
    variable: item.id,
  };
}

/** Real income a resident by region, with residents: sum over groups of real_income x group_population (docs/welfare.md). */
export function incomePerResident(data, which, year) {
  const income = data.variable("real_income"), people = data.variable("group_population");
  if (!income || !people) return [];
  return data.regions.map((region) => {
    let residents = 0, total = 0;
    income.factors.forEach((factor, f) => {
      const g = people.factors.indexOf(factor);
      if (g < 0) return;
      const n = people.get(which, { year, region: region.index, factor: g });
      const y = income.get(which, { year, region: region.index, factor: f });
      if (!(n > 0) || !Number.isFinite(y)) return;
      residents += n;
      total += n * y;
    });
    return { region, residents, income: residents > 0 ? total / residents : NaN };
  }).filter((row) => row.residents > 0);
}

/** Real GDP a resident by region, with residents. */
export function productPerResident(data, which, year) {
  const product = data.variable("real_gdp"), people = data.variable("population");
  if (!product || !people) return [];
  return data.nation.map((region) => {
    const residents = people.get(which, { year, region: region.index });
    return { region, residents, income: product.get(which, { year, region: region.index }) / residents };
  }).filter((row) => row.residents > 0 && Number.isFinite(row.income));
}

/** Points of the Lorenz curve, and Gini: twice the area between it and the diagonal. */
export function lorenz(rows) {
  const sorted = rows.slice().sort((a, b) => a.income - b.income);
  const people = sorted.reduce((sum, row) => sum + row.residents, 0);
  const income = sorted.reduce((sum, row) => sum + row.residents * row.income, 0);
  const points = [{ people: 0, income: 0, name: "" }];
  let area = 0;
  for (const row of sorted) {
    const last = points.at(-1);
    const next = { people: last.people + row.residents / people, income: last.income + row.residents * row.income / income, region: row.region };
    area += (next.people - last.people) * (next.income + last.income) / 2;
    points.push(next);
  }
  return { points, gini: 1 - 2 * area };
}

/** Location quotient of a sector in a set of regions together: their share in its national employment over their share in all of it. */
export function groupQuotient(data, which, regions, sector, year) {
  const employment = data.variable("employment");
  const sum = (places, s) => places.reduce((total, r) => total + employment.get(which, { year, region: r.index, sector: s }), 0);
  const all = (places) => data.sectors.reduce((total, s) => total + sum(places, s.index), 0);
  return sum(regions, sector) / all(regions) / (sum(data.nation, sector) / all(data.nation));
}

// All regions in the order of the indicator: a list beside the map, and the full table.
import { element, table } from "./dom.js";
import { full, short, signed } from "./format.js";
import { placeName, regionName, say } from "./labels.js";
import { isChange, viewName, viewsOf } from "./measures.js";
import { csvText, save } from "./export.js";
import { toggled } from "./state.js";

const ends = 7;

export function makeRanking(data, state, current) {
  const node = element("div", { class: "ranking" });
  function update() {
    const { measure, view } = current();
    const { year, selected } = state.get();
    const rows = data.nation.map((region) => ({ region, value: measure.value(view, region.index, year) })).filter((row) => Number.isFinite(row.value))
      .sort((a, b) => b.value - a.value);
    const many = rows.length > 2 * ends + 2;
    const shown = many ? [...rows.slice(0, ends), null, ...rows.slice(-ends)] : rows;
    const most = Math.max(...rows.map((row) => Math.abs(row.value)), 0);
    const sign = isChange(view) || measure.always;
    node.replaceChildren(element("h3", {}, `${viewName(data, view)}, ${data.years[year]}`),
      element("p", { class: "note", title: measure.described }, view.endsWith("percent") ? "" : measure.unit(view)),
      element("ol", {}, shown.map((row, i) => {
        if (!row) return element("li", { class: "dots", "aria-hidden": "true" }, "⋯");
        const rank = many && i > ends ? rows.length - (shown.length - 1 - i) : i + 1;
        const bar = element("span", { class: `bar${row.value < 0 ? " loss" : sign ? " gain" : ""}` });
        bar.style.width = `${most > 0 ? 100 * Math.abs(row.value) / most : 0}%`;
        return element("li", {}, element("button", { type: "button", class: selected.includes(row.region.index) ? "chosen" : null, "aria-pressed": String(selected.includes(row.region.index)),
          onclick: () => state.set(toggled(state.get(), row.region.index)) },
        element("span", { class: "rank" }, String(rank)), element("span", { class: "name" }, regionName(row.region)),
        element("span", { class: "value", title: full(row.value), "data-region": row.region.name, "data-value": full(row.value) }, sign ? signed(row.value) : short(row.value)), element("span", { class: "track" }, bar)));
      })));
  }
  return { node, update };
}

export function makeFullTable(data, state, current) {
  const body = element("div", { class: "scroll tall" });
  const save_ = element("button", { type: "button" }, "CSV");
  const summary = element("summary", {});
  const node = element("details", { class: "card wide", id: "all-regions" }, summary, element("div", { class: "tools" }, save_), body);
  let shown = [[], []];
  function update() {
    const { measure } = current();
    const { year } = state.get();
    const views = viewsOf(data, measure.item);
    const columns = [{ label: say(["Region", "地区"]), text: (region) => regionName(region) }, { label: say(["Province", "省份"]), text: (region) => placeName(region.province) },
      ...views.map((view) => ({ title: measure.described, label: `${viewName(data, view)}${measure.unit(view) ? ` [${measure.unit(view)}]` : ""}`, value: (region) => measure.value(view, region.index, year),
        text: (region) => (isChange(view) ? signed : short)(measure.value(view, region.index, year)) }))];
    shown = [columns, data.regions];
    summary.textContent = `${say(["All regions as a table", "全部地区数据表"])}: ${measure.name}, ${data.years[year]}`;
    body.replaceChildren(node.open ? table(columns, data.regions) : "");
  }
  node.addEventListener("toggle", update);
  save_.addEventListener("click", () => save(new Blob([csvText(...shown)], { type: "text/csv" }), "pericore-regions.csv"));
  return { node, update };
}

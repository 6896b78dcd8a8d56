// What a reader chooses of a run: indicator, sector or group, view and year.
import { element, select } from "./dom.js";
import { factorName, indicatorGroups, say, sectorName } from "./labels.js";
import { everySector, indicatorsOf, viewName, viewsOf } from "./measures.js";

export const itemOf = (id) => indicatorGroups.flatMap((group) => group.items).find((item) => item.id === id);

/** Regions first shown as lines: targets and the largest, five at most. */
function firstRegions(data) {
  const product = data.variable("real_gdp") ?? data.variable("population");
  const size = (region) => product?.get("run", { year: 0, region: region.index }) ?? 0;
  const units = data.nation.filter((region) => region.name !== region.province);  // not the rest of a country
  const sorted = (units.length ? units : data.nation).slice().sort((a, b) => size(b) - size(a));
  const targets = sorted.filter((region) => region.target);
  const few = targets.length < sorted.length ? targets.slice(0, 3) : [];
  return [...new Set([...few, ...sorted])].slice(0, Math.min(5, sorted.length)).map((region) => region.index);
}

/** Of some sectors, the one whose employment the policy changes most in a region, relatively; none where all are its targets. */
function mostChanged(data, sectors) {
  const employment = data.variable("employment");
  if (!employment?.values.difference || sectors.length === 0 || sectors.length === data.sectors.length) return undefined;
  const year = data.years.length - 1;
  const change = (sector) => Math.max(...data.nation.map((region) => {
    const at = { year, region: region.index, sector: sector.index };
    return Math.abs(employment.get("difference", at) / employment.get("baseline", at)) || 0;
  }));
  return sectors.slice().sort((a, b) => change(b) - change(a))[0];
}

/** The indicator and view that a reader meets first: what the policy changes. */
export function firstChoice(data) {
  const target = mostChanged(data, data.sectors.filter((sector) => sector.target));
  const ids = indicatorsOf(data).flatMap(({ items }) => items.map((item) => item.id));
  const indicator = ids.includes("employment") ? "employment" : ids[0];
  return { indicator, sector: target?.index ?? everySector, factor: 0,
    view: data.has_baseline ? (data.variable(indicator) && itemOf(indicator).change === "percent" ? "percent" : "difference") : "run",
    year: data.years.length - 1, selected: firstRegions(data), focus: firstRegions(data)[0] ?? 0 };
}

/** Indicator, sector or group, view and year above the map. */
export function makeControls(data, state) {
  const node = element("div", { class: "controls", role: "group", "aria-label": say(["What the map shows", "地图内容"]) });
  let playing = null;
  function stop() { clearInterval(playing); playing = null; }

  function chooseIndicator(id) {
    const item = itemOf(id);
    const views = viewsOf(data, item);
    const { view } = state.get();
    state.set({ indicator: id, factor: 0, view: views.includes(view) ? view : views.includes("percent") ? "percent" : views.includes("difference") ? "difference" : "run",
      sector: item.sum ? state.get().sector : Math.max(0, state.get().sector) });
  }
  function part(item, now) {
    const variable = data.variable(item.id);
    if (variable.has("sector")) {
      const options = data.sectors.map((sector) => element("option", { value: sector.index }, sectorName(sector)));
      if (item.sum) options.unshift(element("option", { value: everySector }, say(["All sectors", "全部行业"])));
      return select(say(["Sector", "行业"]), "sector", options, item.sum ? now.sector : Math.max(0, now.sector), (value) => state.set({ sector: Number(value) }));
    }
    if (variable.has("factor")) {
      const options = variable.factors.map((factor, f) => element("option", { value: f }, factorName(data.factors[factor])));
      return select(say(["Group", "群体"]), "factor", options, now.factor, (value) => state.set({ factor: Number(value) }));
    }
    return null;
  }
  function views(item, now) {
    const names = viewsOf(data, item);
    if (names.length < 2) return null;
    return element("fieldset", { class: "views" }, element("legend", {}, say(["Show", "显示"])), names.map((view) => element("label", {},
      element("input", { type: "radio", name: "view", value: view, checked: view === now.view, onchange: () => state.set({ view }) }), element("span", {}, viewName(data, view)))));
  }
  function years(now) {
    const output = element("output", { for: "year" }, String(data.years[now.year]));
    const slider = element("input", { type: "range", id: "year", min: 0, max: data.years.length - 1, step: 1, "aria-valuetext": data.years[now.year],
      oninput: (event) => { stop(); move(Number(event.target.value)); } });
    slider.value = now.year;
    const move = (year) => {
      slider.value = year;
      slider.setAttribute("aria-valuetext", data.years[year]);
      output.textContent = String(data.years[year]);
      state.set({ year });
    };
    const play = element("button", { type: "button", class: "play", title: say(["Run through the years", "逐年播放"]), "aria-label": say(["Run through the years", "逐年播放"]), onclick: () => {
      if (playing) return stop();
      let year = Number(slider.value) + 1 >= data.years.length ? 0 : Number(slider.value);
      move(year);
      playing = setInterval(() => { year += 1; if (year >= data.years.length) stop(); else move(year); }, 700);
    } }, "▶");
    return element("label", { class: "control year", for: "year" }, element("span", {}, say(["Year", "年份"])), play, slider, output);
  }
  function update() {
    const now = state.get();
    const item = itemOf(now.indicator);
    const groups = indicatorsOf(data).map(({ label, items }) => element("optgroup", { label: say(label) }, items.map((one) => element("option", { value: one.id }, say(one.label)))));
    const active = document.activeElement?.id;
    node.replaceChildren(select(say(["Indicator", "指标"]), "indicator", groups, now.indicator, chooseIndicator), ...[part(item, now), views(item, now), data.years.length > 1 ? years(now) : null].filter(Boolean));
    if (active) node.querySelector(`#${active}`)?.focus();
  }
  return { node, update, stop };
}

// The page: built once for each language; parts draw themselves again when a choice changes.
import { loadData } from "./data.js";
import { element } from "./dom.js";
import { savePng, saveSvg, svgText } from "./export.js";
import { capital, currentLanguage, factorName, indicatorGroups, say, sectorName, setLanguage } from "./labels.js";
import { makeLines, makeSectors } from "./lines.js";
import { makeMap } from "./map.js";
import { everySector, indicatorsOf, measure, viewName, viewsOf } from "./measures.js";
import { keyNumbers, makeBudget, makeJobs, policyTable } from "./policy.js";
import { provenance, question } from "./provenance.js";
import { makeFullTable, makeRanking } from "./ranking.js";
import { makeState } from "./state.js";
import { makeLorenz, makeMoves, makeQuotients, makeTheta } from "./structure.js";
import { makeChannels, makeGains } from "./welfare.js";

const itemOf = (id) => indicatorGroups.flatMap((group) => group.items).find((item) => item.id === id);

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
function firstChoice(data) {
  const target = mostChanged(data, data.sectors.filter((sector) => sector.target));
  const ids = indicatorsOf(data).flatMap(({ items }) => items.map((item) => item.id));
  const indicator = ids.includes("employment") ? "employment" : ids[0];
  return { indicator, sector: target?.index ?? everySector, factor: 0,
    view: data.has_baseline ? (data.variable(indicator) && itemOf(indicator).change === "percent" ? "percent" : "difference") : "run",
    year: data.years.length - 1, selected: firstRegions(data), focus: firstRegions(data)[0] ?? 0 };
}

function select(label, id, options, value, act) {
  const box = element("select", { id, onchange: (event) => act(event.target.value) }, options);
  box.value = value;
  return element("label", { class: "control", for: id }, element("span", {}, label), box);
}

/** Indicator, sector or group, view and year above the map. */
function makeControls(data, state) {
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

function header(data, redraw) {
  const subtitle = [`${data.years[0]}–${data.years.at(-1)}`, say([`${data.nation.length} regions`, `${data.nation.length}个地区`]),
    say([`${data.sectors.length} sectors`, `${data.sectors.length}个行业`]), data.has_baseline ? say(["policy against baseline", "政策与基准情景对比"]) : say(["one run, no baseline", "单一情景"])].join(" · ");
  const asked = question(data);
  const language = element("button", { type: "button", id: "language", lang: currentLanguage() === "zh" ? "en" : "zh-CN", onclick: () => { setLanguage(currentLanguage() === "zh" ? "en" : "zh"); redraw(); } },
    currentLanguage() === "zh" ? "English" : "中文");
  return element("header", { class: "top" }, element("div", { class: "brand" }, element("span", {}, "pericore"), language),
    element("h1", {}, data.title), element("p", { class: "subtitle" }, subtitle), asked ? element("p", { class: "question" }, asked) : null);
}

function section(id, title, ...content) {
  return element("section", { id, "aria-labelledby": `${id}-h` }, element("h2", { id: `${id}-h` }, title), ...content);
}

function build(data, state) {
  state.clear();
  const redraw = () => build(data, state);
  const current = () => {
    const { indicator, sector, factor, view } = state.get();
    return { measure: measure(data, itemOf(indicator), { sector, factor }), view };
  };
  const controls = makeControls(data, state);
  const map = makeMap(data, state, current);
  const ranking = makeRanking(data, state, current);
  const everything = makeFullTable(data, state, current);
  const definition = element("p", { class: "note", id: "definition" });
  const mapTitle = element("h3", { id: "map-title", "aria-live": "polite" });
  const cards = {
    lines: makeLines(data, state, current), sectors: makeSectors(data, state), quotients: makeQuotients(data, state), theta: makeTheta(data, state),
    moves: makeMoves(data, state, current), lorenz: makeLorenz(data, state), budget: makeBudget(data), jobs: makeJobs(data), channels: makeChannels(data, state), gains: makeGains(data, state),
  };
  const numbers = keyNumbers(data);
  const mapTools = element("div", { class: "tools" });
  const page = document.getElementById("page");
  page.replaceChildren(...[header(data, redraw),
    numbers ? section("key", say(["In short", "要点"]), numbers) : null,
    section("where", say(["Where", "地区分布"]), element("div", { class: "card wide" }, controls.node, element("header", {}, mapTitle, mapTools), definition,
      element("div", { class: "maprow" }, map.node, ranking.node)), everything.node, element("div", { class: "cards" }, cards.lines.node)),
    section("structure", say(["Industry between core and periphery", "核心与外围的产业"]), element("div", { class: "cards" }, cards.sectors.node, cards.quotients.node, cards.theta.node, cards.moves.node, cards.lorenz.node)),
    data.has_baseline || data.policies.length ? section("policy", say(["The policy and its cost", "政策与成本"]), element("div", { class: "card wide" }, element("h3", {}, say(["What was in force", "实施的政策工具"])),
      element("p", { class: "note" }, data.has_baseline ? say(["Instruments that differ from the baseline: where, when, largest change in any region and sector.", "与基准情景不同的政策工具。"]) : say(["Instruments that differ from the first year.", "与首年不同的政策工具。"])), policyTable(data)),
      element("div", { class: "cards" }, cards.budget.node, cards.jobs.node)) : null,
    data.has_welfare ? section("welfare", say(["Who gains", "福利影响"]), element("div", { class: "cards" }, cards.channels.node, cards.gains.node)) : null,
    section("source", say(["Where the numbers come from", "数据来源"]), element("p", { class: "note" },
      say(["Effects in a model whose assumptions are listed with the program, not forecasts. Numbers are rounded; hover shows all digits.", "结果为模型模拟，并非预测。数字经四舍五入，悬停可见完整数值。"])), ...provenance(data)),
  ].filter(Boolean));

  fillTools(mapTools, map, () => `${current().measure.name}, ${data.years[state.get().year]}: ${viewName(data, state.get().view)}`);
  const titles = () => {
    const { measure: m, view } = current();
    mapTitle.textContent = `${m.name}, ${data.years[state.get().year]}${viewsOf(data, m.item).length > 1 ? `: ${viewName(data, view).toLowerCase()}` : ""}`;
    definition.textContent = `${capital(m.definition)} [${m.unit("run") || "1"}].`;
  };
  const both = ["indicator", "sector", "factor", "view", "year"];
  state.on(["indicator", "sector", "factor", "view"], controls.update);
  state.on([...both, "selected"], () => { titles(); map.colour(); ranking.update(); });
  state.on(both, everything.update);
  state.on([...both, "selected"], cards.lines.update);
  state.on(["focus"], cards.sectors.update);
  state.on(["year"], () => { for (const card of [cards.quotients, cards.theta, cards.lorenz, cards.channels, cards.gains]) card.update(); });
  state.on(["year", "sector", "indicator"], cards.moves.update);
  const drawAll = () => { map.draw(); for (const card of Object.values(cards)) card.update(); };
  controls.update();
  titles();
  ranking.update();
  everything.update();
  drawAll();
  window.onresize = debounced(drawAll, 150);
  // Charts are drawn for the width of the paper, else their words would shrink with them.
  const print = (on) => { document.documentElement.classList.toggle("printing", on); drawAll(); };
  window.onbeforeprint = () => print(true);
  window.onafterprint = () => print(false);
}

/** The map as a file. */
function fillTools(node, map, title) {
  const source = () => say(["pericore. Boundaries: Apache ECharts 4.9.0, simplified; not an official map", "pericore。边界：Apache ECharts 4.9.0，经简化，非标准地图"]);
  const button = (label, act) => element("button", { type: "button", onclick: act, title: say([`Save the map as ${label}`, `下载${label}`]) }, label);
  node.replaceChildren(button("SVG", () => saveSvg(svgText(map.svg(), map.legend, title(), source()), "pericore-map")), button("PNG", () => savePng(svgText(map.svg(), map.legend, title(), source()), "pericore-map")));
}

function debounced(act, wait) {
  let timer = null;
  return () => { clearTimeout(timer); timer = setTimeout(act, wait); };
}

async function start() {
  const data = await loadData();
  setLanguage(/^zh/.test(navigator.language) ? "zh" : "en");
  build(data, makeState(firstChoice(data)));
  document.documentElement.dataset.ready = "true";
}

start();

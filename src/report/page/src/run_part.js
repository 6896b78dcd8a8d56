// The part of the page about one run: map, lines, structure, policy, welfare.
import { firstChoice, itemOf, makeControls } from "./controls.js";
import { element, section } from "./dom.js";
import { savePng, saveSvg, svgText } from "./export.js";
import { capital, say } from "./labels.js";
import { makeFlows } from "./flows.js";
import { makeLines, makeRegions, makeSectors } from "./lines.js";
import { makeMap } from "./map.js";
import { measure, viewName, viewsOf } from "./measures.js";
import { keyNumbers, makeBudget, makeJobs, policyTable } from "./policy.js";
import { makeFullTable, makeRanking } from "./ranking.js";
import { makeState } from "./state.js";
import { makeLorenz, makeMoves, makeQuotients, makeTheta } from "./structure.js";
import { makeChannels, makeGains } from "./welfare.js";

/** @returns {build}: build() makes the sections anew in the language of the moment; choices stay */
export function makeRunPart(data) {
  const state = makeState(firstChoice(data));
  return { build: () => build(data, state) };
}

/** @returns {sections, draw} */
function build(data, state) {
  state.clear();
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
    lines: makeLines(data, state, current), regions: makeRegions(data, state, current), sectors: makeSectors(data, state), quotients: makeQuotients(data, state), theta: makeTheta(data, state),
    moves: makeMoves(data, state, current), flows: makeFlows(data, state), lorenz: makeLorenz(data, state), budget: makeBudget(data), jobs: makeJobs(data), channels: makeChannels(data, state), gains: makeGains(data, state),
  };
  const numbers = keyNumbers(data);
  const mapTools = element("div", { class: "tools" });
  const sections = [
    numbers ? section("key", say(["In short", "要点"]), numbers) : null,
    section("where", say(["Where", "地区分布"]), element("div", { class: "card wide" }, controls.node, element("header", {}, mapTitle, mapTools), definition,
      element("div", { class: "maprow" }, map.node, ranking.node)), everything.node, element("div", { class: "cards" }, cards.lines.node, cards.regions.node)),
    section("structure", say(["Industry between core and periphery", "核心与外围的产业"]), element("div", { class: "cards" }, cards.sectors.node, cards.quotients.node, cards.theta.node, cards.flows.node, cards.moves.node, cards.lorenz.node)),
    data.has_baseline || data.policies.length ? section("policy", say(["The policy and its cost", "政策与成本"]), element("div", { class: "card wide" }, element("h3", {}, say(["What was in force", "实施的政策工具"])),
      element("p", { class: "note" }, data.has_baseline ? say(["Instruments that differ from the baseline: where, when, largest change in any region and sector.", "与基准情景不同的政策工具。"]) : say(["Instruments that differ from the first year.", "与首年不同的政策工具。"])), policyTable(data)),
      element("div", { class: "cards" }, cards.budget.node, cards.jobs.node)) : null,
    data.has_welfare ? section("welfare", say(["Who gains", "福利影响"]), element("div", { class: "cards" }, cards.channels.node, cards.gains.node)) : null,
  ].filter(Boolean);

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
  state.on([...both, "selected"], () => { cards.lines.update(); cards.regions.update(); });
  state.on(["focus"], cards.sectors.update);
  state.on(["year"], () => { for (const card of [cards.quotients, cards.theta, cards.flows, cards.lorenz, cards.channels, cards.gains]) card.update(); });
  state.on(["year", "sector", "indicator"], cards.moves.update);
  const draw = () => { map.draw(); for (const card of Object.values(cards)) card.update(); };
  controls.update();
  titles();
  ranking.update();
  everything.update();
  return { sections, draw };
}

/** The map as a file. */
function fillTools(node, map, title) {
  const source = () => say(["pericore. Boundaries: Apache ECharts 4.9.0, simplified; not an official map", "pericore。边界：Apache ECharts 4.9.0，经简化，非标准地图"]);
  const button = (label, act) => element("button", { type: "button", onclick: act, title: say([`Save the map as ${label}`, `下载${label}`]) }, label);
  node.replaceChildren(button("SVG", () => saveSvg(svgText(map.svg(), map.legend, title(), source()), "pericore-map")), button("PNG", () => savePng(svgText(map.svg(), map.legend, title(), source()), "pericore-map")));
}

// Who goes where: the largest moves between regions as arrows on the map, with a list, a table and files.
import { geoPath } from "d3-geo";
import { select as d3select } from "d3-selection";
import { makeCard, swatch } from "./card.js";
import { element, select } from "./dom.js";
import { full, short, signed } from "./format.js";
import { geometryOf } from "./geometry.js";
import { capital, placeName, regionName, say, sectorGroupName, sectorName, unitName } from "./labels.js";
import { gainColour, lossColour, policyColour } from "./scale.js";
import { makeState } from "./state.js";

const together = -1;  // all groups of sectors
const listed = 12;
const widest = 9;  // pixels of the largest move
const tile = { width: 118, height: 30, gap: 8 };

/** Regions or provinces that moves lead between: {name, label, regions}. */
const placesIn = (data, flows) => flows.places?.map(({ name, regions }) => ({ name, label: placeName(name), regions: regions.map((index) => data.regions[index]) }))
  ?? data.regions.map((region) => ({ name: region.name, label: regionName(region), regions: [region] }));

const groupName = (data, flows, group) => {
  if (group === together) return say(["all sectors", "全部行业"]);
  const key = flows.groups[group];
  const sector = flows.by === "sector" ? data.sectors.find((one) => one.key === key) : null;
  return sector ? sectorName(sector) : sectorGroupName(key);
};
const what = (flows) => (flows.name === "people_moved" ? say(["people", "人口"]) : say(["firms", "企业"]));

/** Moves as the reader chose them, largest first: {from, to, value, run, baseline, difference}, positions of regions. */
function movesOf(data, flows, { group, net, view, years }) {
  const rows = flows.pairs.flatMap(([a, b], pair) => {
    const both = (which) => [0, 1].map((way) => flows.sum(which, group, years, pair, way));
    const numbers = Object.fromEntries((data.has_baseline ? ["run", "baseline", "difference"] : ["run"]).map((which) => [which, both(which)]));
    const row = (from, to, of) => ({ from, to, value: of(numbers[view]), ...Object.fromEntries(Object.entries(numbers).map(([which, pairOf]) => [which, of(pairOf)])) });
    if (!net) return [row(a, b, ([there]) => there), row(b, a, ([, back]) => back)];
    const balance = numbers[view][0] - numbers[view][1];
    return [balance >= 0 ? row(a, b, ([there, back]) => there - back) : row(b, a, ([there, back]) => back - there)];
  });
  return rows.filter((row) => Math.abs(row.value) > 0).sort((x, y) => Math.abs(y.value) - Math.abs(x.value)).slice(0, flows.most);
}

/** The middle of what a place has on the map; nothing where it has nothing. */
function middle({ regions }, geometry, projection) {
  const points = regions.map(({ code }) => geometry.centroid(code)).filter(Boolean).map(projection);
  if (points.length === 0) return null;
  return [0, 1].map((k) => points.reduce((sum, point) => sum + point[k], 0) / points.length);
}

/** Where places lie: on the map, the others in tiles below it or, without a map, on a circle. */
function layOut(data, among, rows, width) {
  const geometry = geometryOf(data);
  const height = geometry.height(width);
  const projection = height ? geometry.projection(width, height) : null;
  const used = [...new Set(rows.flatMap((row) => [row.from, row.to]))].sort((a, b) => a - b);
  const places = new Map();
  const beside = [];
  for (const index of used) {
    const at = projection && middle(among[index], geometry, projection);
    if (at) places.set(index, at);
    else beside.push(index);
  }
  if (!projection) {
    const radius = Math.min(width / 2 - 90, 190);
    beside.forEach((index, i) => {
      const angle = 2 * Math.PI * i / beside.length - Math.PI / 2;
      places.set(index, [width / 2 + radius * Math.cos(angle), radius + 30 + radius * Math.sin(angle)]);
    });
    return { places, tiles: [], geometry, projection, total: 2 * radius + 60 };
  }
  const columns = Math.max(1, Math.floor((width - 12) / (tile.width + tile.gap)));
  const tiles = beside.map((index, i) => {
    const [x, y] = [6 + (i % columns) * (tile.width + tile.gap), height + 8 + Math.floor(i / columns) * (tile.height + tile.gap)];
    places.set(index, [x + tile.width / 2, y]);
    return { index, x, y };
  });
  return { places, tiles, geometry, projection, total: height + 10 + Math.ceil(beside.length / columns) * (tile.height + tile.gap) };
}

/** A bent line with its head: moves there and back lie on different sides. */
function arrow([x1, y1], [x2, y2], thickness) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const bend = Math.min(0.18 * length, 60);
  const [cx, cy] = [(x1 + x2) / 2 - uy * bend, (y1 + y2) / 2 + ux * bend];
  const end = Math.hypot(x2 - cx, y2 - cy) || 1;
  const [vx, vy] = [(x2 - cx) / end, (y2 - cy) / end];
  const half = 2.5 + 0.75 * thickness, depth = Math.min(2 * half, 0.6 * length);
  const [bx, by] = [x2 - vx * depth, y2 - vy * depth];
  const at = (...numbers) => numbers.map((number) => number.toFixed(1)).join(",");
  return { line: `M${at(x1, y1)}Q${at(cx, cy)} ${at(bx, by)}`, head: `M${at(x2, y2)}L${at(bx - vy * half, by + vx * half)}L${at(bx + vy * half, by - vx * half)}Z` };
}

/** Names where they fit, those of the largest moves first. */
function addNames(svg, among, wanted, places, width) {
  const taken = [];
  for (const index of new Set(wanted)) {
    const [x, y] = places.get(index), text = among[index].label;
    const wide = [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 11 : 6.1), 0);
    const left = x + 6 + wide > width ? x - 6 - wide : x + 6;
    const box = [left, y - 9, left + wide, y + 5];
    if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) continue;
    taken.push(box);
    svg.append("text").attr("class", "name").attr("x", left).attr("y", y + 3.5).text(text);
  }
}

function drawMap(data, among, rows, width, describe, colour) {
  const { places, tiles, geometry, projection, total } = layOut(data, among, rows, width);
  const svg = d3select(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
  svg.attr("class", "plot flowmap").attr("width", width).attr("height", total).attr("viewBox", `0 0 ${width} ${total}`)
    .attr("role", "group").attr("aria-label", say(["Arrows from origin to destination; the table has the numbers", "箭头由迁出地指向迁入地；数值见表格"]));
  if (projection) svg.append("g").selectAll("path").data([...geometry.outer, ...geometry.inner]).join("path").attr("class", "land").attr("d", geoPath(projection));
  if (projection) svg.append("path").attr("class", "province").attr("fill", "none").attr("d", geoPath(projection)(geometry.provinces()));
  for (const { index, x, y } of tiles) {
    svg.append("rect").attr("class", "place").attr("x", x).attr("y", y).attr("width", tile.width).attr("height", tile.height).attr("rx", 3);
    svg.append("text").attr("class", "name").attr("x", x + tile.width / 2).attr("y", y + tile.height / 2 + 4).attr("text-anchor", "middle").text(among[index].label);
  }
  const most = Math.abs(rows[0]?.value ?? 1);
  // The largest lie on top.
  for (const row of rows.slice().reverse()) {
    const thickness = Math.max(0.8, widest * Math.abs(row.value) / most);
    const { line, head } = arrow(places.get(row.from), places.get(row.to), thickness);
    const move = svg.append("g").attr("class", "move").attr("tabindex", row === rows[0] ? 0 : -1).attr("role", "img").attr("aria-label", describe(row)).attr("data-from", among[row.from].name)
      .attr("data-to", among[row.to].name).attr("data-value", full(row.value));
    move.append("title").text(describe(row));
    move.append("path").attr("class", "flow").attr("d", line).attr("stroke", colour(row.value)).attr("stroke-width", thickness);
    move.append("path").attr("class", "head").attr("d", head).attr("fill", colour(row.value));
  }
  // One stop of Tab; arrow keys go from the largest move to the smallest and back.
  const moves = svg.selectAll(".move").nodes().reverse();
  moves.forEach((node, i) => node.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const next = step && moves[i + step];
    if (!next) return;
    node.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
    event.preventDefault();
  }));
  const tiled = new Set(tiles.map(({ index }) => index));
  addNames(svg, among, rows.flatMap((row) => [row.from, row.to]).filter((index) => !tiled.has(index)), places, width);
  return svg.node();
}

export function makeFlows(data, state) {
  if (data.flows.every(({ pairs }) => pairs.length === 0)) return { node: element("section", { hidden: true, id: "flows" }), update: () => {} };
  const own = makeState({ kind: 0, group: together, net: 0, span: "until", view: data.has_baseline ? "difference" : "run" });
  const controls = element("div", { class: "controls inner" });

  function drawControls() {
    const { kind, group, net, span, view } = own.get();
    const flows = data.flows[kind];
    const level = (one) => (one.places ? say([", between provinces", "（省际）"]) : data.flows.some((other) => other.places) ? say([", between prefectures", "（地级单元间）"]) : "");
    const kinds = data.flows.map((one, k) => [k, capital(what(one)) + level(one)]);
    const groups = [[together, say(["All sectors", "全部行业"])], ...flows.groups.map((_, g) => [g, groupName(data, flows, g)])];
    const choose = (key, number) => (value) => own.set({ [key]: number ? Number(value) : value });
    const active = document.activeElement?.id;
    controls.replaceChildren(...[
      kinds.length > 1 ? select(say(["Who", "对象"]), "flow-kind", kinds, kind, (value) => own.set({ kind: Number(value), group: together })) : null,
      flows.groups.length > 1 ? select(say(["Sectors", "行业"]), "flow-group", groups, group, choose("group", true)) : null,
      data.has_baseline ? select(say(["Show", "显示"]), "flow-view", [["difference", say(["Policy less baseline", "政策减基准"])], ["run", say(["Policy", "政策情景"])], ["baseline", say(["Baseline", "基准情景"])]], view, choose("view")) : null,
      select(say(["Moves", "迁移"]), "flow-net", [[0, say(["one way", "单向"])], [1, say(["net: there less back", "净值：去减回"])]], net, choose("net", true)),
      select(say(["Years", "年份"]), "flow-span", [["until", say([`${data.years[0]} to the year chosen`, `${data.years[0]}年至所选年`])], ["year", say(["the year chosen", "所选年份"])]], span, choose("span")),
    ].filter(Boolean));
    if (active && active.startsWith("flow-")) controls.querySelector(`#${active}`)?.focus();
  }

  const card = makeCard("flows", (width) => {
    drawControls();
    const { kind, group, net, span, view } = own.get();
    const flows = data.flows[kind];
    const among = placesIn(data, flows);
    const { year } = state.get();
    const years = span === "year" ? [year] : data.years.slice(0, year + 1).map((_, y) => y);
    const rows = movesOf(data, flows, { group, net, view, years });
    const changes = view === "difference";
    const unit = unitName(flows.unit);
    const text = (value) => (changes ? signed(value) : short(value));
    const describe = (row) => `${among[row.from].label} → ${among[row.to].label}: ${text(row.value)} ${unit}` +
      (changes ? `; ${say(["policy", "政策"])} ${short(row.run)}, ${say(["baseline", "基准"])} ${short(row.baseline)}` : "");
    const colour = (value) => (!changes ? policyColour : value >= 0 ? gainColour : lossColour);
    const when = span === "year" ? data.years[year] : `${data.years[0]}–${data.years[year]}`;
    const who = `${what(flows)}${flows.groups.length > 1 ? say([", ", "，"]) + groupName(data, flows, group) : ""}`;
    const total = flows.total(view, group, years), shown = rows.reduce((sum, row) => sum + row.value, 0);
    const drawn = rows.length ? drawMap(data, among, rows, width > 640 ? width - 292 : width, describe, colour) : element("p", { class: "note" }, say(["Nobody moves in these years.", "这些年份没有迁移。"]));
    const columns = [{ label: say(["From", "迁出地"]), text: (row) => among[row.from].label }, { label: say(["To", "迁入地"]), text: (row) => among[row.to].label },
      ...(data.has_baseline ? [["run", ["Policy", "政策情景"]], ["baseline", ["Baseline", "基准情景"]], ["difference", ["Difference", "差异"]]] : [["run", ["Moves", "迁移"]]]).map(([which, label]) => ({
        label: `${say(label)} [${unit}]`, text: (row) => (which === "difference" ? signed : short)(row[which]), value: (row) => row[which], title: `${flows.name}: ${flows.definition} [${flows.unit}]` }))];
    return {
      title: say([`Who goes where, ${when}: ${who.toLowerCase()}${changes ? ", policy less baseline" : ""}`, `迁移去向，${when}年：${who}${changes ? "，政策减基准" : ""}`]),
      note: `${capital(flows.definition)} [${flows.unit}]${flows.places ? say(["; summed over the regions of each province, moves inside it left out", "；按省加总，不含省内迁移"]) : ""}${net ? say([", net of moves back", "，扣除反向迁移"]) : ""}. ` + (rows.length === 0 ? "" : say([`The ${rows.length} largest moves; all moves between ${flows.places ? "provinces" : "regions"} together: ${text(total)} ${unit}${net ? "" : `, those shown ${text(shown)}`}.`,
        `最大的${rows.length}条；全部迁移合计${text(total)}${unit}。`])),
      legend: rows.length === 0 ? [] : [...(changes ? [swatch(gainColour, say(["more with the policy", "政策下更多"]), "line"), swatch(lossColour, say(["fewer with the policy", "政策下更少"]), "line")] : [swatch(policyColour, say(["moves", "迁移"]), "line")]),
        element("span", { class: "key" }, say([`widest arrow: ${text(rows[0].value)} ${unit}`, `最宽箭头：${text(rows[0].value)}${unit}`]))],
      chart: element("div", { class: "maprow" }, element("div", { class: "mapbox" }, drawn),
        element("ol", { class: "flowlist" }, rows.slice(0, listed).map((row, i) => element("li", {}, element("span", { class: "rank" }, String(i + 1)),
          element("span", {}, `${among[row.from].label} → ${among[row.to].label}`), element("span", { class: "value", title: `${full(row.value)} ${unit}`, "data-value": full(row.value) }, text(row.value)))))),
      noPicture: rows.length === 0, columns, rows,
    };
  }, { wide: true });
  card.node.querySelector("header").after(controls);
  card.node.querySelector(".chart").setAttribute("role", "group");  // its arrows are to be reached
  own.on(["kind", "group", "net", "span", "view"], card.update);
  return card;
}

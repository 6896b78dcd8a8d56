// Map of the regions, true to area; regions without a boundary stand beside it as tiles.
import { geoPath } from "d3-geo";
import { select } from "d3-selection";
import { element } from "./dom.js";
import { full, short, signed } from "./format.js";
import { geometryOf } from "./geometry.js";
import { otherName, placeName, regionName, say } from "./labels.js";
import { isChange, viewName } from "./measures.js";
import { toggled } from "./state.js";
import { changeScale, isDark, levelScale, missingColour } from "./scale.js";
import { scaleLegend } from "./card.js";

const tile = { width: 118, height: 34, gap: 6 };

export function makeMap(data, state, current) {
  const geometry = geometryOf(data);
  const { shapes, inner } = geometry;
  const byCode = new Map(data.regions.map((region) => [region.code, region]));
  const drawn = new Set(shapes.map((shape) => shape.id));
  const tiles = data.regions.filter((region) => !drawn.has(region.code));

  const tooltip = element("div", { class: "tooltip", role: "status", hidden: true });
  const frame = element("div", { class: "map chart" });
  const legend = element("div", { class: "legend" });
  const node = element("div", { class: "mapbox" }, legend, frame, tooltip);
  let outlines = null;
  let marks = [];  // {region, x, y, element}
  let focused = 0;

  function scale() {
    const { measure, view } = current();
    const known = data.regions.filter((region) => drawn.size === 0 || drawn.has(region.code));
    const values = known.flatMap((region) => data.years.map((_, year) => measure.value(view, region.index, year)));
    return isChange(view) || measure.always || measure.item.change === "absolute" ? changeScale(values) : levelScale(values);
  }

  function describe(region) {
    const { measure, view } = current();
    const { year } = state.get();
    const line = (which) => {
      const value = measure.value(which, region.index, year);
      const text = isChange(which) || measure.always ? signed(value) : short(value);
      return [viewName(data, which), `${text} ${Number.isFinite(value) ? measure.unit(which) : ""}`.trim(), full(value)];
    };
    const views = measure.always ? ["run"] : data.has_baseline ? ["run", "baseline", "difference", "percent"] : ["run", "since"];
    return views.filter((which) => which === view || which !== "percent" || measure.item.change === "percent").map(line);
  }

  function showTip(mark) {
    const { region } = mark;
    const place = [region.province, region.tier].filter((word) => word && word !== region.name).map(placeName).join(" · ");
    tooltip.replaceChildren(
      element("strong", {}, regionName(region)), otherName(region) ? element("span", { class: "other" }, ` ${otherName(region)}`) : "",
      element("div", { class: "place" }, place),
      element("table", {}, element("tbody", {}, describe(region).map(([name, text, exact]) =>
        element("tr", {}, element("th", { scope: "row" }, name), element("td", { "data-value": exact }, text))))));
    tooltip.hidden = false;
    const box = node.getBoundingClientRect(), own = mark.element.getBoundingClientRect();
    const left = Math.min(Math.max(0, own.left + own.width / 2 - box.left + 14), box.width - tooltip.offsetWidth - 4);
    const above = own.top - box.top - tooltip.offsetHeight - 10;
    tooltip.style.left = `${left}px`;
    tooltip.style.top = `${above > 0 ? above : own.bottom - box.top + 10}px`;
  }

  const choose = (region) => state.set(toggled(state.get(), region.index));

  /** The mark nearest in the direction of an arrow key; sideways distance counts double. */
  function neighbour(from, key) {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    let best = from, least = Infinity;
    marks.forEach((mark, i) => {
      const along = (mark.x - marks[from].x) * dx + (mark.y - marks[from].y) * dy;
      const across = Math.abs((mark.x - marks[from].x) * dy) + Math.abs((mark.y - marks[from].y) * dx);
      if (along > 0.5 && along + 2 * across < least) [best, least] = [i, along + 2 * across];
    });
    return best;
  }

  function focus(i) {
    marks[focused]?.element.setAttribute("tabindex", "-1");
    focused = i;
    marks[i].element.setAttribute("tabindex", "0");
    marks[i].element.focus({ preventScroll: true });
  }

  function listen(mark, i) {
    const { element: node_, region } = mark;
    node_.setAttribute("tabindex", i === focused ? "0" : "-1");
    node_.setAttribute("role", "button");
    for (const event of ["pointerenter", "focus"]) node_.addEventListener(event, () => showTip(mark));
    for (const event of ["pointerleave", "blur"]) node_.addEventListener(event, () => { tooltip.hidden = true; });
    node_.addEventListener("click", () => choose(region));
    node_.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") choose(region);
      else if (event.key.startsWith("Arrow")) focus(neighbour(i, event.key));
      else if (event.key === "Escape") tooltip.hidden = true;
      else return;
      event.preventDefault();
    });
  }

  function drawShapes(svg, width, height) {
    if (shapes.length === 0) return;
    const path = geoPath(geometry.projection(width, height));
    svg.append("g").selectAll("path").data(geometry.outer).join("path")
      .attr("class", "outside").attr("fill", missingColour).attr("d", path)
      .append("title").text((shape) => `${shape.properties.name}: ${say(["not in this model", "不在本模型中"])}`);
    const units = svg.append("g").selectAll("path").data(inner).join("path").attr("class", "unit").attr("d", path).nodes();
    svg.append("path").attr("class", "province").attr("fill", "none").attr("d", path(geometry.provinces()));
    inner.forEach((shape, i) => {
      const [x, y] = path.projection()(geometry.centroid(shape.id));
      marks.push({ region: byCode.get(shape.id), x, y, element: units[i] });
    });
  }

  function drawTiles(svg, width, top) {
    const columns = Math.max(1, Math.floor((width - 12) / (tile.width + tile.gap)));
    tiles.forEach((region, i) => {
      const x = 6 + (i % columns) * (tile.width + tile.gap), y = top + Math.floor(i / columns) * (tile.height + tile.gap);
      const group = svg.append("g");
      const box = group.append("rect").attr("class", "unit").attr("x", x).attr("y", y).attr("width", tile.width).attr("height", tile.height).attr("rx", 3);
      const words = group.append("text").attr("class", "tilename").attr("x", x + tile.width / 2).attr("y", y + tile.height / 2 + 4).attr("text-anchor", "middle")
        .text(regionName(region));
      marks.push({ region, x: x + tile.width / 2, y: y + tile.height / 2, element: box.node(), words: words.node() });
    });
    return tiles.length ? Math.ceil(tiles.length / columns) * (tile.height + tile.gap) : 0;
  }

  function colour() {
    const { measure, view } = current();
    const { year, selected } = state.get();
    const classes = scale();
    for (const mark of marks) {
      const value = measure.value(view, mark.region.index, year);
      const fill = classes.colour(value);
      mark.element.setAttribute("fill", fill);
      mark.element.setAttribute("data-value", full(value));
      mark.element.setAttribute("data-region", mark.region.name);
      mark.element.setAttribute("aria-label", `${regionName(mark.region)}: ${short(value)} ${measure.unit(view)}`);
      mark.element.setAttribute("aria-pressed", String(selected.includes(mark.region.index)));
      mark.words?.setAttribute("fill", isDark(fill) ? "#ffffff" : "#111827");
    }
    outlines.replaceChildren(...marks.filter((mark) => selected.includes(mark.region.index)).map((mark) => {
      const line = mark.element.cloneNode(false);
      for (const name of [...line.getAttributeNames()].filter((n) => !["d", "x", "y", "width", "height", "rx"].includes(n))) line.removeAttribute(name);
      line.setAttribute("class", "chosen");
      return line;
    }));
    legend.replaceChildren(...scaleLegend(classes, measure.unit(view), isChange(view) || measure.always));
  }

  function draw() {
    const width = Math.max(300, frame.clientWidth || 600);
    const height = geometry.height(width);
    marks = [];
    const svg = select(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    svg.attr("class", "plot mapsvg").attr("role", "group").attr("aria-label", say(["Map of regions: arrow keys move, Enter selects", "地区图：方向键移动，回车选择"]));
    drawShapes(svg, width, height);
    const extra = drawTiles(svg, width, height + (height ? 8 : 4));
    const total = height + extra + 10;
    svg.attr("width", width).attr("height", total).attr("viewBox", `0 0 ${width} ${total}`);
    outlines = svg.append("g").node();
    focused = 0;
    marks.forEach(listen);
    frame.replaceChildren(svg.node());
    colour();
  }
  return { node, draw, colour, legend, svg: () => frame.querySelector("svg") };
}

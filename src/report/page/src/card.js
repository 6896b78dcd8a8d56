// A chart with its title, definition, table and files.
import { short, signed } from "./format.js";
import { csvText, save, savePng, saveSvg, svgText } from "./export.js";
import { element, table } from "./dom.js";
import { say } from "./labels.js";

/**
 * @param draw (width) => {title, note, chart: element, columns, rows, legend?}; null where there is nothing to show
 * @returns {node, update}
 */
export function makeCard(id, draw, { wide = false } = {}) {
  const title = element("h3", { id: `${id}-title` });
  const tools = element("div", { class: "tools" });
  const note = element("p", { class: "note" });
  const legend = element("div", { class: "legend" });
  const chart = element("div", { class: "chart", role: "img", "aria-labelledby": `${id}-title` });
  const details = element("div", { class: "details", hidden: true });
  const node = element("section", { class: `card${wide ? " wide" : ""}`, id }, element("header", {}, title, tools), note, legend, chart, details);
  let drawn = null;

  function tableShown() {
    details.replaceChildren(...(details.hidden || !drawn ? [] : [table(drawn.columns, drawn.rows, drawn.title)]));
  }
  function tool(label, help, act) {
    return element("button", { type: "button", title: help, "aria-label": help, onclick: act }, label);
  }
  function picture() {
    const svg = chart.querySelector("svg");
    return svgText(svg, legend, drawn.title, drawn.note ?? "");
  }
  function makeTools() {
    const name = `pericore-${id}`;
    tools.replaceChildren(
      tool(say(["Table", "表格"]), say(["Show the numbers as a table", "以表格显示数据"]), () => { details.hidden = !details.hidden; tableShown(); }),
      tool("CSV", say(["Save the numbers as CSV", "下载 CSV"]),
        () => save(new Blob([csvText(drawn.columns, drawn.rows)], { type: "text/csv" }), `${name}.csv`)),
      ...(drawn.noPicture ? [] : [tool("SVG", say(["Save the picture as SVG", "下载 SVG"]), () => saveSvg(picture(), name)),
      tool("PNG", say(["Save the picture as PNG", "下载 PNG"]), () => savePng(picture(), name))]));
  }
  function update() {
    drawn = draw(Math.max(280, chart.clientWidth || node.clientWidth - 40 || 600));
    node.hidden = drawn === null;
    if (!drawn) return;
    title.textContent = drawn.title;
    note.textContent = drawn.note ?? "";
    legend.replaceChildren(...(drawn.legend ?? []));
    chart.replaceChildren(drawn.chart);
    makeTools();
    tableShown();
    // What scrolls must be reached by keys.
    for (const box of node.querySelectorAll(".scroll")) {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-labelledby", `${id}-title`);
    }
  }
  return { node, update };
}

/** A swatch with its word; `kind`: box, line, dashed, dot or ring. */
export function swatch(colour, label, kind = "box") {
  const mark = element("span", { class: `swatch ${kind}`, "aria-hidden": "true" });
  mark.style.setProperty("--swatch", colour);
  return element("span", { class: "key" }, mark, label);
}

/** Colours of a scale as boxes with limits between them. */
export function scaleLegend({ limits, colours }, unit, sign) {
  const boxes = colours.map((colour, i) => {
    const box = element("span", { class: "step" });
    box.style.setProperty("--swatch", colour);
    return element("span", { class: "stepbox" }, box, element("span", { class: "limit" }, i < limits.length ? (sign ? signed(limits[i], 2) : short(limits[i], 2)) : ""));
  });
  return [element("span", { class: "scale" }, boxes), unit ? element("span", { class: "unit" }, unit) : ""];
}

// A chart as a file: SVG, PNG or CSV, made in the page.
import { full } from "./format.js";

const kept = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "fill-opacity", "opacity", "font-family", "font-size",
  "font-weight", "text-anchor", "paint-order", "stroke-linejoin"];

/** Styles that the page gives by its sheet, written on the elements themselves. */
function inlineStyles(from, to) {
  const style = getComputedStyle(from);
  for (const name of kept) {
    const value = style.getPropertyValue(name);
    if (value) to.setAttribute(name, value);
  }
  to.removeAttribute("class");
  for (let i = 0; i < from.children.length; i++) inlineStyles(from.children[i], to.children[i]);
}

function shape(tag, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text) node.textContent = text;
  return node;
}

const labelStyle = { "font-size": 11, fill: "#374151" };

/** The legend of the page again as shapes, beginning at a height: the shapes and the height they take. */
function legendShapes(legend, top, width) {
  const shapes = [];
  let [x, y] = [8, top + 14];
  const room = (needed) => { if (x + needed > width && x > 8) [x, y] = [8, y + 18]; };
  for (const step of legend.querySelectorAll(".stepbox")) {
    shapes.push(shape("rect", { x, y: y - 10, width: 62, height: 11, fill: getComputedStyle(step.querySelector(".step")).getPropertyValue("--swatch"), stroke: "#d1d5db" }),
      shape("text", { ...labelStyle, x: x + 62, y: y + 14, "text-anchor": "middle" }, step.textContent));
    x += 62;
  }
  if (legend.querySelector(".stepbox")) {
    shapes.push(shape("text", { ...labelStyle, x: x + 10, y }, legend.querySelector(".unit")?.textContent ?? ""));
    y += 16;
  }
  for (const key of legend.querySelectorAll(".key")) {
    const mark = key.querySelector(".swatch"), colour = mark ? getComputedStyle(mark).getPropertyValue("--swatch") : "none";
    room(40 + 7 * key.textContent.length);
    if (!mark) x -= 16;  // words alone
    else if (mark.matches(".line, .dashed")) shapes.push(shape("path", { d: `M${x},${y - 4}h18`, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": mark.matches(".dashed") ? "5,3" : "none" }));
    else if (mark.matches(".dot, .ring")) shapes.push(shape("circle", { cx: x + 9, cy: y - 4, r: 5, fill: mark.matches(".ring") ? "none" : colour, stroke: colour, "stroke-width": 1.5 }));
    else shapes.push(shape("rect", { x: x + 3, y: y - 10, width: 12, height: 12, fill: colour }));
    shapes.push(shape("text", { ...labelStyle, x: x + 24, y }, key.textContent));
    x += 40 + 7 * key.textContent.length;
  }
  return { shapes, height: shapes.length ? y + 12 - top : 0 };
}

/** A standalone SVG: title, legend, chart, source; light whatever the page is. */
export function svgText(...parts) {
  document.documentElement.classList.add("light");
  try {
    return standalone(...parts);
  } finally {
    document.documentElement.classList.remove("light");
  }
}

/** Lines of so many letters; Han characters count two and may stand at the end of a line. */
function brokenText(text, room) {
  const lines = [""];
  let used = 0;
  for (const word of text.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+/g) ?? []) {
    const size = [...word].reduce((sum, letter) => sum + (letter > "\u2e80" ? 2 : 1), 0);
    if (used + size > room && used > 0) { lines.push(""); used = 0; }
    lines[lines.length - 1] += word;
    used += size;
  }
  return lines;
}

function standalone(svg, legend, title, source) {
  const box = svg.getBoundingClientRect();
  const [width, height] = [Math.ceil(box.width), Math.ceil(box.height)];
  const copy = svg.cloneNode(true);
  inlineStyles(svg, copy);
  for (const inner of [copy, ...copy.querySelectorAll("svg")]) inner.setAttribute("overflow", "visible");
  const key = legendShapes(legend, 30, width);
  const top = 36 + key.height;
  for (const [name, value] of [["x", 0], ["y", top], ["width", width], ["height", height]]) copy.setAttribute(name, value);
  const lines = brokenText(source, width / 5.3);
  const total = top + height + 14 + 13 * lines.length;
  const outer = shape("svg", { xmlns: "http://www.w3.org/2000/svg", width: width + 16, height: total, viewBox: `-8 0 ${width + 16} ${total}`, "font-family": "sans-serif" });
  outer.append(shape("rect", { x: -8, width: width + 16, height: total, fill: "#ffffff" }), shape("text", { x: 8, y: 21, "font-size": 15, "font-weight": 600, fill: "#111827" }, title),
    ...key.shapes, copy, ...lines.map((line, i) => shape("text", { x: 8, y: top + height + 16 + 13 * i, "font-size": 10, fill: "#6b7280" }, line)));
  return new XMLSerializer().serializeToString(outer);
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export const saveSvg = (text, name) => save(new Blob([text], { type: "image/svg+xml" }), `${name}.svg`);

/** Twice the size on the screen, for slides. */
export function savePng(text, name) {
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2 * image.width, 2 * image.height];
    const context = canvas.getContext("2d");
    context.scale(2, 2);
    context.drawImage(image, 0, 0);
    canvas.toBlob((blob) => save(blob, `${name}.png`), "image/png");
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}

export function csvText(columns, rows) {
  const cell = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((row) => columns.map((column) => cell(column.value ? full(column.value(row)) : String(column.text(row)))).join(","));
  return [columns.map((column) => cell(column.label)).join(","), ...lines].join("\n") + "\n";
}

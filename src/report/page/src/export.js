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

/** A standalone SVG with the title above and the source below. */
export function svgText(svg, title, source) {
  const box = svg.getBoundingClientRect();
  const [width, height] = [Math.ceil(box.width), Math.ceil(box.height)];
  const copy = svg.cloneNode(true);
  inlineStyles(svg, copy);
  const viewBox = svg.getAttribute("viewBox");
  for (const [name, value] of [["x", 0], ["y", 34], ["width", width], ["height", height]]) copy.setAttribute(name, value);
  if (viewBox) copy.setAttribute("viewBox", viewBox);
  const outer = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of [["xmlns", "http://www.w3.org/2000/svg"], ["width", width], ["height", height + 56],
    ["viewBox", `0 0 ${width} ${height + 56}`], ["font-family", "sans-serif"]]) outer.setAttribute(name, value);
  const text = (content, y, size, fill, weight) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", "text");
    for (const [name, value] of [["x", 8], ["y", y], ["font-size", size], ["fill", fill], ["font-weight", weight]]) node.setAttribute(name, value);
    node.textContent = content;
    return node;
  };
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of [["width", "100%"], ["height", "100%"], ["fill", "#ffffff"]]) paper.setAttribute(name, value);
  outer.append(paper, text(title, 21, 15, "#111827", 600), copy, text(source, height + 48, 10, "#6b7280", 400));
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

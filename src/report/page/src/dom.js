// Small helpers over the document.
import { full } from "./format.js";

/** An element with attributes, listeners (onclick: f) and children; null children are left out. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** A number shown short, with the full one in its title. */
export const figure = (text, exact, attributes = {}) =>
  element("span", { class: "figure", title: exact, "data-value": exact, ...attributes }, text);

/** @param columns [{label, text(row), value(row)?, title?, hint(row)?}] hint: shown on hover */
export function table(columns, rows, caption) {
  const head = columns.map((column) => element("th", { scope: "col", class: column.value ? "number" : null, title: column.title }, column.label));
  const body = rows.map((row) => element("tr", {}, columns.map((column, i) => {
    const value = column.value?.(row);
    return element(i === 0 ? "th" : "td", { scope: i === 0 ? "row" : null, class: column.value ? "number" : null,
      "data-value": Number.isFinite(value) ? value : null, title: Number.isFinite(value) ? full(value) : column.hint?.(row) || null }, column.text(row));
  })));
  return element("table", {}, caption ? element("caption", {}, caption) : null,
    element("thead", {}, element("tr", {}, head)), element("tbody", {}, body));
}

/** A list to choose from with its label. @param options elements, or pairs [value, text] */
export function select(label, id, options, value, act) {
  const box = element("select", { id, onchange: (event) => act(event.target.value) },
    options.map((option) => (Array.isArray(option) ? element("option", { value: option[0] }, option[1]) : option)));
  box.value = value;
  return element("label", { class: "control", for: id }, element("span", {}, label), box);
}

/** A part of the page under a heading. */
export function section(id, title, ...content) {
  return element("section", { id, "aria-labelledby": `${id}-h` }, element("h2", { id: `${id}-h` }, title), ...content);
}

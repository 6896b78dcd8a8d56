// Observable Plot under the page's content policy: its style element is left out, page.css says the same.
import * as Plot from "@observablehq/plot";

export { Plot };

export function plot(options) {
  const node = Plot.plot({ className: "plot", ...options });
  for (const style of [...node.querySelectorAll("style")]) style.remove();
  return node;
}

/** Names at the left of a chart, broken into lines that fit its margin; what does not fit ends in three dots. */
export function fitting(margin, lines = 2) {
  const size = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 2 : 1), 0);
  const room = Math.max(8, Math.floor((margin - 10) / 5.6));
  return (name) => {
    const rows = [""];
    for (const word of String(name).split(" ")) {
      const longer = rows.at(-1) ? `${rows.at(-1)} ${word}` : word;
      if (size(longer) <= room || !rows.at(-1)) rows[rows.length - 1] = longer;
      else if (rows.length < lines) rows.push(word);
      else { rows[rows.length - 1] = longer; break; }
    }
    const cut = (row) => { let [text, shortened] = [row, false]; while (size(text) > room) [text, shortened] = [[...text].slice(0, -1).join(""), true]; return shortened ? `${text.slice(0, -1)}…` : text; };
    return rows.map(cut).join("\n");
  };
}

/** What feels the pointer in a plot inside another one, where only painted parts do. */
export const sensitive = () => Plot.frame({ fill: "transparent", stroke: "none" });

/** Plots side by side in one SVG, so that they are saved as one picture. */
export function grid(plots, columns, width, gap = 8) {
  const outer = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  // The panel under the pointer lies on top, so that nothing hides its tip. The others move: one that moves is no longer under the pointer.
  for (const one of plots) one.addEventListener("pointerenter", () => { while (one.nextSibling) outer.insertBefore(one.nextSibling, one); });
  let y = 0;
  for (let i = 0; i < plots.length; i += columns) {
    const row = plots.slice(i, i + columns);
    row.forEach((one, k) => {
      one.setAttribute("x", k * (Number(one.getAttribute("width")) + gap));
      one.setAttribute("y", y);
      outer.append(one);
    });
    y += Math.max(...row.map((one) => Number(one.getAttribute("height")))) + gap;
  }
  for (const [name, value] of [["width", width], ["height", y], ["viewBox", `0 0 ${width} ${y}`], ["class", "plot"]]) outer.setAttribute(name, value);
  return outer;
}

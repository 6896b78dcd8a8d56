// Observable Plot under the page's content policy: its style element is left out, page.css says the same.
import * as Plot from "@observablehq/plot";

export { Plot };

export function plot(options) {
  const node = Plot.plot({ className: "plot", ...options });
  for (const style of [...node.querySelectorAll("style")]) style.remove();
  return node;
}

/** Plots side by side in one SVG, so that they are saved as one picture. */
export function grid(plots, columns, width, gap = 8) {
  const outer = document.createElementNS("http://www.w3.org/2000/svg", "svg");
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

// A bifurcation diagram: equilibria against a parameter, stable ones drawn through, unstable ones dashed.
import { makeCard, swatch } from "./card.js";
import { element, section, select } from "./dom.js";
import { described, full, short } from "./format.js";
import { capital, say } from "./labels.js";
import { Plot, plot } from "./plot.js";
import { makeState } from "./state.js";
import { categorical, lossColour, policyColour } from "./scale.js";

const stableColour = policyColour, unstableColour = lossColour;
const eventColours = { "branch point": categorical[1], fold: categorical[2], "sustain point": categorical[3], oscillation: categorical[6] };
const eventNames = { "branch point": "分岔点", fold: "折叠点", "sustain point": "持续点", oscillation: "振荡点" };
const eventName = (event) => say([event, eventNames[event] ?? event]);

function quantitiesOf({ facts, columns }) {
  return facts.shares.flatMap((share) => {
    const own = columns.filter(({ name }) => name.startsWith(`${share}:`));
    const regions = own.filter(({ name }) => name !== `${share}:largest`);
    // With two regions the share of the first says all.
    const listed = regions.length === 2 ? regions : [own[0], ...regions];
    return listed.map((column) => ({ ...column, what: share.replace(/^share_/, ""), region: column.name.slice(share.length + 1) }));
  });
}

const quantityName = ({ what, region }) => (region === "largest" ? say([`largest share of ${what} in a region`, `${what} 最大地区份额`]) : say([`share of ${what} in ${region}`, `${region} 的 ${what} 份额`]));

function pointsOf(exhibit, quantity) {
  const [branch, parameter, stable, unstable, rate, pattern, event] = ["branch", "parameter", "stable", "unstable", "growth_rate", "pattern", "event"].map(exhibit.column);
  const text = (column, i) => column?.labels?.[column.values[i]] ?? "";
  return Array.from(parameter.values, (x, i) => ({ x, y: quantity.values[i], branch: branch.values[i], stable: stable.values[i] > 0, unstable: unstable?.values[i], rate: rate?.values[i], pattern: text(pattern, i), event: text(event, i) }));
}

/** Pieces of branches of one stability, without gaps: the point between two of them, an event where there is one, belongs to both. */
function piecesOf(points) {
  const pieces = [];
  points.forEach((point, i) => {
    const last = points[i - 1];
    const goesOn = last !== undefined && last.branch === point.branch;
    if (goesOn && last.stable === point.stable) return pieces.at(-1).points.push(point);
    if (goesOn && last.event === "") pieces.at(-1).points.push(point);
    return pieces.push({ stable: point.stable, points: goesOn && last.event !== "" ? [last, point] : [point] });
  });
  return pieces;
}

export function makeDiagramPart(exhibit, id) {
  const quantities = quantitiesOf(exhibit);
  const state = makeState({ quantity: quantities[0].name });
  const parameter = exhibit.facts.parameter, unit = exhibit.column("parameter").unit;
  const axis = `${parameter}${unit && unit !== "1" ? ` [${unit}]` : ""}`;

  function build() {
    state.clear();
    const controls = element("div", { class: "controls inner" });
    const card = makeCard(`${id}-branches`, (width) => {
      const quantity = quantities.find(({ name }) => name === state.get().quantity);
      controls.replaceChildren(...(quantities.length > 1 ? [select(say(["Share", "份额"]), `${id}-share`, quantities.map((one) => [one.name, capital(quantityName(one))]), quantity.name, (name) => state.set({ quantity: name }))] : []));
      const points = pointsOf(exhibit, quantity);
      const pieces = piecesOf(points);
      const events = points.filter(({ event }) => event !== "");
      const kinds = [...new Set(events.map(({ event }) => event))];
      const tip = (point) => `${parameter} ${full(point.x)}\n${quantityName(quantity)} ${full(point.y)}\n${point.stable ? say(["stable", "稳定"]) : say([`unstable (${point.unstable} growing)`, "不稳定"])}, ${point.pattern}` +
        `\n${say(["largest growth rate", "最大增长率"])} ${short(point.rate)}${point.event ? `\n${eventName(point.event)}` : ""}`;
      return {
        title: say([`Long-run equilibria by ${parameter}: ${quantityName(quantity)}`, `长期均衡与 ${parameter}：${quantityName(quantity)}`]),
        note: `${capital(quantity.definition)} [${quantity.unit || "1"}]. ` + say(["Stable where all small deviations die out. A point lies on the picture where prices, firms and people all rest.", "所有微小偏离都会消失的均衡为稳定均衡。"]),
        legend: [swatch(stableColour, say(["stable", "稳定"]), "line"), swatch(unstableColour, say(["unstable", "不稳定"]), "dashed"), ...kinds.map((kind) => swatch(eventColours[kind] ?? categorical[7], eventName(kind), "dot"))],
        chart: plot({
          width, height: Math.round(Math.min(460, Math.max(280, width * 0.5))), marginLeft: 48, marginBottom: 40, x: { label: `${axis} →`, ticks: Math.max(3, width / 100), nice: false }, y: { domain: [0, 1], grid: true, label: null, nice: true },
          marks: [...pieces.map((piece) => Plot.line(piece.points, { x: "x", y: "y", stroke: piece.stable ? stableColour : unstableColour, strokeWidth: piece.stable ? 2.6 : 1.6, strokeDasharray: piece.stable ? null : "6,4" })),
            Plot.dot(events, { x: "x", y: "y", r: 4.5, fill: (point) => eventColours[point.event] ?? categorical[7], stroke: "var(--paper)" }), Plot.tip(points, Plot.pointer({ x: "x", y: "y", title: tip }))],
        }),
        columns: [{ label: say(["Branch", "分支"]), title: described(exhibit.column("branch")), text: (row) => String(row.branch), value: (row) => row.branch }, { label: axis, title: described(exhibit.column("parameter")), text: (row) => short(row.x), value: (row) => row.x }, { label: quantityName(quantity), title: described(quantity), text: (row) => short(row.y), value: (row) => row.y },
          { label: say(["Stable", "稳定"]), text: (row) => (row.stable ? say(["yes", "是"]) : say(["no", "否"])) }, { label: say(["Largest growth rate", "最大增长率"]), title: described(exhibit.column("growth_rate")), text: (row) => short(row.rate), value: (row) => row.rate },
          { label: say(["Pattern", "格局"]), text: (row) => row.pattern }, { label: say(["Event", "事件"]), text: (row) => row.event }],
        rows: points,
      };
    }, { wide: true });
    card.node.querySelector("header").after(controls);
    state.on(["quantity"], card.update);
    return { sections: [section(id, `${say(["Bifurcation diagram", "分岔图"])}: ${exhibit.facts.title}`, element("div", { class: "cards" }, card.node))], draw: card.update };
  }
  return { build };
}

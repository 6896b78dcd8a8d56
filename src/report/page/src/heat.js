// Heat map: the mean of a metric over the points of each pair of classes of two parameters.
import { makeCard, scaleLegend } from "./card.js";
import { classesOf } from "./classes.js";
import { element, select } from "./dom.js";
import { described, full, short } from "./format.js";
import { say } from "./labels.js";
import { Plot, plot } from "./plot.js";
import { changeScale, isDark, levelScale, missingColour } from "./scale.js";

const every = -1;

function cellsOf({ points, failed }, metric, columns, rows, kept) {
  const cells = rows.labels.flatMap((_, row) => columns.labels.map((__, column) => ({ row, column, count: 0, sum: 0, failed: 0 })));
  for (const point of points) {
    const [column, row] = [columns.of[point], rows.of[point]];
    if (column < 0 || row < 0 || !kept(point)) continue;
    const cell = cells[row * columns.labels.length + column];
    if (failed.values[point] > 0) cell.failed += 1;
    const value = metric.values[point];
    if (Number.isFinite(value)) { cell.count += 1; cell.sum += value; }
  }
  return cells.map((cell) => ({ ...cell, value: cell.count ? cell.sum / cell.count : NaN, x: columns.labels[cell.column], y: rows.labels[cell.row] }));
}

export function makeHeat(id, sweep, state) {
  const controls = element("div", { class: "controls inner" });
  const card = makeCard(id, (width) => {
    // One at a time leaves all cells empty but a cross.
    if (sweep.parameters.length < 2 || sweep.analysis.design === "one_at_a_time") return null;
    const { metric: name, x, y, fixed } = state.get();
    const metric = sweep.metric(name);
    const [across, up] = [x, y].map((one) => sweep.parameters.find((parameter) => parameter.name === one));
    const classes = new Map(sweep.parameters.map((parameter) => [parameter.name, classesOf(parameter, width < 420 ? 6 : 12)]));
    const others = sweep.parameters.filter((parameter) => parameter !== across && parameter !== up && classes.get(parameter.name).own);
    drawControls(others, classes);
    const held = others.filter((parameter) => (fixed[parameter.name] ?? every) !== every);
    const [columns, rows] = [classes.get(x), classes.get(y)];
    const cells = cellsOf(sweep, metric, columns, rows, (point) => held.every((parameter) => classes.get(parameter.name).of[point] === fixed[parameter.name]));
    const values = cells.map((cell) => cell.value).filter(Number.isFinite);
    const signs = values.some((value) => value < 0) && values.some((value) => value > 0);
    const scale = signs ? changeScale(values) : levelScale(values);
    const side = (width - 110) / columns.labels.length;
    const step = Math.max(1, Math.ceil((10 + 6.2 * Math.max(...columns.labels.map((label) => label.length))) / side));
    const ink = (cell) => (isDark(scale.colour(cell.value)) ? "#ffffff" : "#111827");
    const holes = cells.filter((cell) => !Number.isFinite(cell.value) && cell.failed > 0);
    return {
      title: say([`${metric.label ?? metric.name} by ${x} and ${y}`, `${metric.label ?? metric.name}：${x} 与 ${y}`]),
      note: say([`Mean over the points in each cell${held.length ? ` with ${held.map((p) => `${p.name} = ${classes.get(p.name).labels[fixed[p.name]]}`).join(", ")}` : " and over all other parameters"}; × : every run failed; empty: no point.`,
        "每格内各点的平均值；× 表示全部失败。"]),
      legend: scaleLegend(scale, metric.unit === "1" ? "" : metric.unit, signs),
      chart: plot({
        width, height: 64 + Math.max(20, Math.min(42, 460 / rows.labels.length)) * rows.labels.length, marginLeft: 96, marginBottom: 42, marginTop: 24,
        x: { padding: 0.02, domain: columns.labels, label: `${x}${unitOf(across)} →`, ticks: columns.labels.filter((_, i) => i % step === 0), tickSize: 3 },
        y: { padding: 0.04, domain: rows.labels.slice().reverse(), label: null, tickSize: 3 },
        marks: [Plot.cell(cells.filter((cell) => cell.count > 0), { x: "x", y: "y", fill: (cell) => scale.colour(cell.value), inset: 0.5 }),
          Plot.cell(cells.filter((cell) => cell.count === 0), { x: "x", y: "y", fill: missingColour, fillOpacity: 0.45, inset: 0.5 }),
          Plot.text(holes, { x: "x", y: "y", text: () => "×", fontSize: 16 }),
          ...(side > 46 ? [Plot.text(cells.filter((cell) => cell.count > 0), { x: "x", y: "y", text: (cell) => short(cell.value, 3), fill: ink })] : []),
          Plot.text([`↑ ${y}${unitOf(up)}`], { frameAnchor: "top-left", dx: -92, dy: -10, textAnchor: "start", lineAnchor: "bottom" }),
          Plot.tip(cells, Plot.pointer({ x: "x", y: "y", title: (cell) => `${x} ${cell.x}\n${y} ${cell.y}\n${full(cell.value) || "–"} ${metric.unit === "1" ? "" : metric.unit}\n` +
            say([`${cell.count} points${cell.failed ? `, ${cell.failed} with failed runs` : ""}`, `${cell.count} 个点，${cell.failed} 个失败`]) }))],
      }),
      columns: [{ label: x, text: (cell) => cell.x, title: described(across) }, { label: y, text: (cell) => cell.y, title: described(up) }, { label: metric.name, title: described(metric), text: (cell) => short(cell.value), value: (cell) => cell.value },
        { label: say(["Points", "点数"]), title: say(["points of the design in the cell", "格内参数点数"]), text: (cell) => String(cell.count), value: (cell) => cell.count }, { label: say(["With failed runs", "含失败"]), title: say(["points of which a run failed", "含失败运行的参数点数"]), text: (cell) => String(cell.failed), value: (cell) => cell.failed }],
      rows: cells,
    };
  }, { wide: true });

  function drawControls(others, classes) {
    const { x, y, fixed } = state.get();
    const names = sweep.parameters.map((parameter) => [parameter.name, parameter.name]);
    const choose = (key, other) => (value) => state.set(value === state.get()[other] ? { [key]: value, [other]: state.get()[key] } : { [key]: value });
    const active = document.activeElement?.id;
    controls.replaceChildren(select(say(["Across", "横轴"]), `${id}-x`, names, x, choose("x", "y")), select(say(["Up", "纵轴"]), `${id}-y`, names, y, choose("y", "x")),
      ...others.map((parameter) => select(parameter.name, `${id}-${parameter.name}`, [[every, say(["mean of all", "全部平均"])], ...classes.get(parameter.name).labels.map((label, i) => [i, label])],
        fixed[parameter.name] ?? every, (value) => state.set({ fixed: { ...state.get().fixed, [parameter.name]: Number(value) } }))));
    if (active) controls.querySelector(`#${CSS.escape(active)}`)?.focus();
  }
  card.node.querySelector("header").after(controls);
  return card;
}

export const unitOf = ({ unit }) => (unit && unit !== "1" ? ` [${unit}]` : "");

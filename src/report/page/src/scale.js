// Colours of numbers: seven classes with round limits, safe for colour-blind readers (ColorBrewer YlGnBu and PuOr; Okabe and Ito 2008).
import { quantileSorted } from "d3-array";
import { schemePuOr, schemeYlGnBu } from "d3-scale-chromatic";

export const categorical = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c7a2b", "#808080"];
// Named in page.css, where they follow the theme.
export const policyColour = "var(--policy)";
export const baselineColour = "var(--baseline)";
export const lossColour = "var(--loss)";
export const gainColour = "var(--gain)";
export const missingColour = "#e5e7eb";

/** Two significant digits. */
const round = (value) => Number(value.toPrecision(2));

function distinct(limits) {
  return limits.filter(Number.isFinite).map(round).filter((limit, i, all) => (i === 0 || limit > all[i - 1]));
}

/** Limits at quantiles of all years, so that the colours of a place keep their meaning when the year changes. */
export function levelScale(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const limits = distinct([1, 2, 3, 4, 5, 6].map((k) => quantileSorted(sorted, k / 7)));
  const colours = schemeYlGnBu[Math.max(3, limits.length + 1)].slice(-limits.length - 1);
  return makeScale(limits, colours);
}

/**
 * Symmetric around zero; the middle class holds what is small. Limits lie between quantiles and equal steps up to the 98th percentile: quantiles alone paint
 * small differences like large ones, equal steps alone leave most of a skewed map blank. The smaller of both for the middle class, geometric means beyond.
 */
export function changeScale(values) {
  const sizes = values.filter((value) => Number.isFinite(value) && value !== 0).map(Math.abs).sort((a, b) => a - b);
  if (sizes.length === 0) return makeScale([], ["#f7f7f7"]);
  const most = quantileSorted(sizes, 0.98);
  const limits = distinct([0.3, 0.65, 0.92].map((p, k) => {
    const [quantile, step] = [quantileSorted(sizes, p), most * (2 * k + 1) / 7];
    return k === 0 ? Math.min(quantile, step) : Math.sqrt(quantile * step);
  }));
  const steps = (schemePuOr[2 * limits.length + 1] ?? schemePuOr[3]).slice().reverse();  // losses orange, gains purple
  return makeScale([...limits.slice().reverse().map((limit) => -limit), ...limits], steps);
}

function makeScale(limits, colours) {
  const colour = (value) => {
    if (!Number.isFinite(value)) return missingColour;
    let i = 0;
    while (i < limits.length && value >= limits[i]) i++;
    return colours[i];
  };
  return { limits, colours, colour };
}

/** Ticks of a logarithmic axis that can be read: 1, 2, 5 of each power, or powers alone, four or so. */
export function logTicks(low, high) {
  const powers = Array.from({ length: Math.max(0, Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1) }, (_, k) => 10 ** (Math.floor(Math.log10(low)) + k));
  const inside = (steps) => powers.flatMap((power) => steps.map((step) => Number((step * power).toPrecision(2)))).filter((tick) => tick >= low && tick <= high);
  return [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7]].map(inside).find((ticks) => ticks.length >= 3) ?? inside([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]);
}

/** Whether white is read more easily on a colour than black. */
export function isDark(colour) {
  const [r, g, b] = (colour.match(/\w\w/g) ?? ["ff", "ff", "ff"]).map((part) => parseInt(part, 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 140;
}

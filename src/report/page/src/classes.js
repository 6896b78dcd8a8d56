// Values of a parameter put into classes: its own where they are few, else intervals of equal width (of its logarithm on such a scale).
import { short } from "./format.js";

const fewValues = 12;

/** @returns {labels, of: class of each point or -1, middle: a number for the middle of each class} */
export function classesOf({ values, labels, log }, most = 12) {
  if (labels) return { labels, of: Array.from(values), middle: labels.map((_, i) => i), own: true };
  const known = [...new Set(Array.from(values).filter(Number.isFinite))].sort((a, b) => a - b);
  if (known.length <= fewValues) {
    const place = new Map(known.map((value, i) => [value, i]));
    return { labels: known.map((value) => short(value)), of: Array.from(values, (value) => place.get(value) ?? -1), middle: known, own: true };
  }
  const count = Math.max(4, Math.min(most, Math.round(Math.sqrt(values.length / 6))));
  const to = log ? Math.log : (v) => v, from = log ? Math.exp : (v) => v;
  const low = to(known[0]), width = (to(known.at(-1)) - low) / count;
  const limit = (k) => from(low + k * width);
  // Samples begin a little beside a round number.
  const text = (value) => short(!log && Math.abs(value) < width / 20 ? 0 : value, 2);
  return {
    labels: Array.from({ length: count }, (_, k) => `${text(limit(k))} … ${text(limit(k + 1))}`), own: false,
    of: Array.from(values, (value) => (Number.isFinite(value) ? Math.min(count - 1, Math.max(0, Math.floor((to(value) - low) / width))) : -1)),
    middle: Array.from({ length: count }, (_, k) => from(low + (k + 0.5) * width)),
  };
}

/** Value of a parameter at a point as text. */
export const valueText = ({ values, labels }, point) => (labels ? labels[values[point]] ?? "" : short(values[point]));

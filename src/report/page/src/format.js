// Numbers as people read them. Every rounded number on the page carries the full one in its title.
import { currentLanguage } from "./labels.js";

const locale = () => (currentLanguage() === "zh" ? "zh-CN" : "en");
const minus = (text) => text.replace("-", "−");

/** 7.2×10⁻⁵ */
function scientific(value) {
  const [digits, power] = value.toExponential(1).split("e");
  const raised = [...String(Number(power))].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("");
  return `${minus(digits)}×10${raised}`;
}

/** Four significant digits, thousands and millions shortened; an en dash where not defined. */
export function short(value, digits = 4) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return scientific(value);
  const options = size >= 1e5 ? { notation: "compact", maximumSignificantDigits: digits }
    : size >= 1e4 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: digits };
  return minus(new Intl.NumberFormat(locale(), options).format(value));
}

/** What a variable, parameter or metric is, for the head of its column: definition and unit. */
export const described = (variable) => (variable ? `${variable.name}${variable.definition ? `: ${variable.definition}` : ""} [${variable.unit || "1"}]` : "");

/** With its sign. */
export const signed = (value, digits = 3) => (value > 0 ? `+${short(value, digits)}` : short(value, digits));

/** For the ticks of an axis over some values: as many digits as tell them apart. */
export function axisNumber(values) {
  const known = values.filter(Number.isFinite);
  const most = Math.max(...known.map(Math.abs)), range = Math.max(...known) - Math.min(...known);
  const digits = range > 0 ? Math.min(8, Math.max(3, Math.ceil(Math.log10(most / range)) + 2)) : 4;
  return (value) => short(value, digits);
}

/** As many digits as single precision holds, for titles and files. */
export const full = (value) => (Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "");

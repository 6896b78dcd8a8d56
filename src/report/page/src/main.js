// The page: built once for each language; parts draw themselves again when a choice changes.
import { loadData } from "./data.js";
import { element, section } from "./dom.js";
import { makeExhibitParts } from "./exhibits.js";
import { currentLanguage, say, setLanguage } from "./labels.js";
import { provenance, question } from "./provenance.js";
import { makeRunPart } from "./run_part.js";

function subtitle(data) {
  if (!data.hasRun) return data.exhibits.map((exhibit) => exhibit.name).join(" · ");
  return [`${data.years[0]}–${data.years.at(-1)}`, say([`${data.nation.length} regions`, `${data.nation.length}个地区`]), say([`${data.sectors.length} sectors`, `${data.sectors.length}个行业`]),
    data.has_baseline ? say(["policy against baseline", "政策与基准情景对比"]) : say(["one run, no baseline", "单一情景"])].join(" · ");
}

function header(data, redraw) {
  const asked = question(data);
  const language = element("button", { type: "button", id: "language", lang: currentLanguage() === "zh" ? "en" : "zh-CN", onclick: () => { setLanguage(currentLanguage() === "zh" ? "en" : "zh"); redraw(); } },
    currentLanguage() === "zh" ? "English" : "中文");
  return element("header", { class: "top" }, element("div", { class: "brand" }, element("span", {}, "pericore"), language),
    element("h1", {}, data.title), element("p", { class: "subtitle" }, subtitle(data)), asked ? element("p", { class: "question" }, asked) : null);
}

function build(data, parts) {
  const built = parts.map((part) => part.build());
  document.getElementById("page").replaceChildren(header(data, () => build(data, parts)), ...built.flatMap((part) => part.sections),
    section("source", say(["Where the numbers come from", "数据来源"]), element("p", { class: "note" },
      say(["Effects in a model whose assumptions are listed with the program, not forecasts. Numbers are rounded; hover shows all digits.", "结果为模型模拟，并非预测。数字经四舍五入，悬停可见完整数值。"])), ...provenance(data)));
  const drawAll = () => { for (const part of built) part.draw(); };
  drawAll();
  window.onresize = debounced(drawAll, 150);
  // Charts are drawn for the width of the paper, else their words would shrink with them.
  const print = (on) => {
    document.documentElement.classList.toggle("printing", on);
    // Paper has no hover: it gets the definitions.
    for (const part of document.querySelectorAll("details.printed")) {
      if (on) part.dataset.before = String(part.open);
      part.open = on || part.dataset.before === "true";
    }
    drawAll();
  };
  window.onbeforeprint = () => print(true);
  window.onafterprint = () => print(false);
}

function debounced(act, wait) {
  let timer = null;
  return () => { clearTimeout(timer); timer = setTimeout(act, wait); };
}

async function start() {
  const data = await loadData();
  setLanguage(/^zh/.test(navigator.language) ? "zh" : "en");
  build(data, [...(data.hasRun ? [makeRunPart(data)] : []), ...makeExhibitParts(data)]);
  document.documentElement.dataset.ready = "true";
}

start();

// Who gains and through what: equivalent variation by channel, group and region (docs/welfare.md).
import { makeCard } from "./card.js";
import { element } from "./dom.js";
import { described, full, short, signed } from "./format.js";
import { factorName, placeName, regionName, say, unitName } from "./labels.js";
import { fitting, Plot, plot } from "./plot.js";
import { changeScale, gainColour, isDark, lossColour } from "./scale.js";

const channels = [
  ["pay", ["pay for own work after tax", "税后劳动报酬"]], ["other_income", ["other income, transfers less levies", "其他收入与转移"]],
  ["goods_prices", ["prices and variety of goods", "商品价格与种类"]], ["rents", ["rent paid", "房租"]], ["amenities", ["amenities", "宜居性"]],
  ["public_services", ["public services", "公共服务"]], ["congestion", ["congestion", "拥挤"]], ["moving", ["option to move", "迁移选择"]],
];

export function makeChannels(data, state) {
  return makeCard("channels", (width) => {
    if (!data.variable("equivalent_variation_pay")) return null;
    const y = state.get().year;
    const rows = channels.map(([key, label]) => {
      const variable = data.variable(`equivalent_variation_${key}`);
      return { name: say(label), variable, value: (variable?.factors ?? []).reduce((sum, _, f) => sum + (variable.get("run", { year: y, factor: f }) || 0), 0) };
    });
    const total = rows.reduce((sum, row) => sum + row.value, 0);
    rows.push({ name: say(["together", "合计"]), value: total, sum: true });
    return {
      title: say([`Why welfare changes, ${data.years[y]}`, `福利变化的来源，${data.years[y]}年`]),
      note: `${say(["Equivalent variation of all residents by channel, policy less baseline", "全体居民等价变化，按渠道"])} [${unitName(data.variable("equivalent_variation").unit)}].`,
      chart: plot({
        width, height: 50 + 28 * rows.length, marginLeft: Math.min(210, width * 0.42), marginRight: 60, x: { grid: true, label: null, ticks: Math.max(2, width / 130), tickFormat: (v) => short(v, 3) },
        y: { label: null, domain: rows.map((row) => row.name), tickSize: 0, padding: 0.25, tickFormat: fitting(Math.min(210, width * 0.42)) },
        marks: [Plot.barX(rows, { x: "value", y: "name", fill: (row) => (row.value >= 0 ? gainColour : lossColour), fillOpacity: (row) => (row.sum ? 1 : 0.65), tip: true,
          title: (row) => `${row.name}\n${signed(row.value)} ${unitName(data.variable("equivalent_variation").unit)}${row.variable ? `\n${row.variable.definition}` : ""}` }),
          Plot.text(rows.filter((row) => row.value >= 0), { x: "value", y: "name", text: (row) => signed(row.value), textAnchor: "start", dx: 4 }),
          Plot.text(rows.filter((row) => row.value < 0), { x: 0, y: "name", text: (row) => signed(row.value), textAnchor: "start", dx: 4 }), Plot.ruleX([0], { stroke: "#6b7280" })],
      }),
      columns: [{ label: say(["Channel", "渠道"]), text: (row) => row.name, hint: (row) => described(row.variable) }, { label: say(["Equivalent variation", "等价变化"]), title: described(data.variable("equivalent_variation")), text: (row) => signed(row.value), value: (row) => row.value }],
      rows,
    };
  });
}

/** Rows of the table of gains: regions where there are few, else provinces. */
function places(data) {
  if (data.nation.length <= 40) return data.nation.map((region) => ({ name: regionName(region), regions: [region] }));
  const provinces = [...new Set(data.nation.map((region) => region.province))];
  return provinces.map((province) => ({ name: placeName(province), regions: data.nation.filter((region) => region.province === province) }));
}

export function makeGains(data, state) {
  return makeCard("gains", () => {
    const gain = data.variable("equivalent_variation"), income = data.variable("income_per_head"), people = data.variable("group_population"),
      prices = data.variable("consumer_price_index");
    if (!gain || !income || !people || !prices) return null;
    const y = state.get().year;
    const share = (regions, f) => {
      let [ev, base] = [0, 0];
      for (const region of regions) {
        const at = (variable) => ({ year: y, region: region.index, factor: variable.factors.indexOf(gain.factors[f]) });
        const own = gain.get("run", at(gain));
        const earned = people.get("baseline", at(people)) * income.get("baseline", at(income)) / prices.get("baseline", { year: y });
        if (!Number.isFinite(own) || !Number.isFinite(earned)) continue;
        ev += own;
        base += earned;
      }
      return [ev, base];
    };
    const rows = [...places(data), { name: say(["all regions", "全国"]), regions: data.nation, sum: true }].map((place) => {
      const cells = gain.factors.map((_, f) => share(place.regions, f));
      const all = cells.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
      return { ...place, values: [...cells, all].map(([ev, base]) => 100 * ev / base) };
    });
    const classes = changeScale(rows.flatMap((row) => row.values));
    const heads = [...gain.factors.map((f) => factorName(data.factors[f])), say(["All groups", "全部"])];
    const cell = (value) => {
      const node = element("td", { class: "number", "data-value": full(value), title: `${full(value)} %` }, signed(value, 2));
      const colour = classes.colour(value);
      node.style.backgroundColor = colour;
node.style.color = isDark(colour) ? "#ffffff" : "#111827";
      return node;
    };
    const heat = element("table", { class: "heat" }, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, ""), heads.map((head) => element("th", { scope: "col", class: "number" }, head)))),
      element("tbody", {}, rows.map((row) => element("tr", { class: row.sum ? "sum" : null }, element("th", { scope: "row" }, row.name), row.values.map(cell)))));
    return {
      title: say([`Who gains, ${data.years[y]}`, `谁受益，${data.years[y]}年`]),
      note: say(["Equivalent variation in % of the group's real income in the baseline: income that would make people in the baseline as well off as with the policy.",
        "等价变化占该群体基准实际收入的百分比。"]),
      chart: element("div", { class: "scroll" }, heat), noPicture: true,
      columns: [{ label: data.nation.length <= 40 ? say(["Region", "地区"]) : say(["Province", "省份"]), text: (row) => row.name },
        ...heads.map((head, i) => ({ label: `${head} [%]`, title: described(gain), text: (row) => signed(row.values[i]), value: (row) => row.values[i] }))],
      rows,
    };
  });
}

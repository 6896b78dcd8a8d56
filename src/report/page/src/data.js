// The result as the page holds it: labels, and numbers by name and position.

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** What a block of the page holds, as bytes: undoes base64 and zlib. */
async function unpacked(id) {
  const stream = new Blob([bytesOf(document.getElementById(id).textContent)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const unpackedText = async (id) => new TextDecoder().decode(await unpacked(id));

/** Undoes src/report/packed_numbers.h: byte planes, changes since a period before. @param steps [[start, count, period]] */
async function unpackedNumbers(id, steps) {
  const planes = await unpacked(id);
  const count = planes.length / 4;
  const words = new Uint32Array(count);
  for (let b = 3; b >= 0; b--) for (let i = 0; i < count; i++) words[i] = (words[i] << 8) | planes[b * count + i];
  for (const [start, length, period] of steps) {
    for (let i = start + period; i < start + length; i++) words[i] = words[i - period] + ((words[i] >>> 1) ^ -(words[i] & 1));
  }
  for (let i = 0; i < count; i++) words[i] <<= 5;
  return new Float32Array(words.buffer);
}

class Variable {
  constructor(entry, numbers) {
    Object.assign(this, entry);
    const count = entry.shape.reduce((product, n) => product * n, 1);
    this.values = { run: numbers.subarray(entry.run, entry.run + count) };
    if (entry.difference !== undefined) {
      this.values.difference = numbers.subarray(entry.difference, entry.difference + count);
    }
  }

  has(dimension) { return this.dimensions.includes(dimension); }

  /** Where a cell lies; `at` gives positions by dimension, those of factors among `factors`. */
  offset(at) {
    return this.dimensions.reduce((sum, dimension, d) => sum * this.shape[d] + (at[dimension] ?? 0), 0);
  }

  /** @param which run, baseline or difference @returns NaN where not defined */
  get(which, at) {
    const i = this.offset(at);
    if (which === "baseline") return this.values.difference ? this.values.run[i] - this.values.difference[i] : NaN;
    return this.values[which] ? this.values[which][i] : NaN;
  }
}

/** Moves between regions: of the pairs kept, there and back, by year and group; src/report/page_flows.h. */
class Flows {
  constructor(entry, numbers, years) {
    Object.assign(this, entry);
    const part = (start, count) => (start === undefined ? undefined : numbers.subarray(start, start + count));
    this.years = years;
    const rows = years * entry.groups.length;
    this.values = { run: part(entry.run, 2 * rows * entry.pairs.length), difference: part(entry.difference, 2 * rows * entry.pairs.length) };
    this.totals = { run: part(entry.run_totals, rows), difference: part(entry.difference_totals, rows) };
  }

  /** @param which run, baseline or difference @param group -1: all @param years positions to add up @param way 0 there, 1 back */
  sum(which, group, years, pair, way) {
    return this.add(which, group, years, this.values, (row) => 2 * (row * this.pairs.length + pair) + way);
  }

  /** Over all pairs of regions, those not kept here too. */
  total(which, group, years) { return this.add(which, group, years, this.totals, (row) => row); }

  add(which, group, years, { run, difference }, place) {
    const groups = group < 0 ? this.groups.map((_, g) => g) : [group];
    let sum = 0;
    for (const year of years) for (const g of groups) {
      const at = place(year * this.groups.length + g);
      sum += which === "run" ? run[at] : which === "difference" ? difference[at] : run[at] - difference[at];
    }
    return sum;
  }
}

function makeRegions(columns) {
  return columns.label.map((name, index) => ({
    index, name,
    code: columns.region_id?.[index] ?? "",
    province: columns.province?.[index] ?? "",
    macro: columns.macro_region?.[index] ?? "",
    tier: columns.tier?.[index] ?? "",
    longitude: columns.longitude?.[index] ?? NaN,
    latitude: columns.latitude?.[index] ?? NaN,
    target: (columns.policy_target_region?.[index] ?? 0) > 0,
    // The rest of the world is no part of the nation: it has no area.
    abroad: columns.area !== undefined && columns.area[index] === null,
  }));
}

/** A sweep, diagram or other thing beside a run: facts, and columns of numbers. */
function makeExhibit({ kind, name, facts, columns }, numbers) {
  const filled = columns.map((column) => ({ ...column, values: numbers.subarray(column.start, column.start + column.count) }));
  return { kind, name, facts, columns: filled, column: (wanted) => filled.find((column) => column.name === wanted) };
}

/** What belongs to a run. */
function runData(header, numbers, boundaries) {
  const regions = makeRegions(header.regions);
  const sectors = header.sectors.label.map((key, index) => ({
    index, key, label: header.sectors.sector_label?.[index] ?? key, target: (header.sectors.policy_target_sector?.[index] ?? 0) > 0,
  }));
  const names = new Map((boundaries?.objects.units.geometries ?? []).map((unit) => [unit.id, unit.properties.name]));
  for (const region of regions) region.chinese = names.get(region.code) ?? "";
  return {
    years: header.years.map(Number), regions, sectors, boundaries, variables: new Map(header.variables.map((entry) => [entry.name, new Variable(entry, numbers)])),
    flows: (header.flows ?? []).map((entry) => new Flows(entry, numbers, header.years.length)),
    nation: regions.filter((region) => !region.abroad), keyNumber: (name) => header.key_numbers.find((number) => number.name === name),
  };
}

export async function loadData() {
  const header = JSON.parse(document.getElementById("header").textContent);
  const numbers = await unpackedNumbers("numbers", header.steps);
  const hasRun = header.run_name !== undefined;
  const data = { variables: new Map(), facts: {}, documents: {}, ...header, ...(hasRun ? runData(header, numbers, JSON.parse(await unpackedText("boundaries"))) : {}), hasRun,
    exhibits: header.exhibits.map((exhibit) => makeExhibit(exhibit, numbers)), licences: await unpackedText("licences"), title: document.title };
  data.variable = (name) => data.variables.get(name);
  return data;
}

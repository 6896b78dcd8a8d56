// The result as the page holds it: labels, and numbers by name and position.

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Undoes src/report/packed_numbers.h: base64, zlib, byte planes. */
async function unpack(base64) {
  const stream = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const planes = new Uint8Array(await new Response(stream).arrayBuffer());
  const count = planes.length / 4;
  const bytes = new Uint8Array(planes.length);
  for (let b = 0; b < 4; b++) for (let i = 0; i < count; i++) bytes[4 * i + b] = planes[b * count + i];
  return new Float32Array(bytes.buffer);
}

const json = (id) => JSON.parse(document.getElementById(id).textContent);

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
function runData(header, numbers) {
  const regions = makeRegions(header.regions);
  const sectors = header.sectors.label.map((key, index) => ({
    index, key, label: header.sectors.sector_label?.[index] ?? key, target: (header.sectors.policy_target_sector?.[index] ?? 0) > 0,
  }));
  const boundaries = json("boundaries");
  const names = new Map((boundaries?.objects.units.geometries ?? []).map((unit) => [unit.id, unit.properties.name]));
  for (const region of regions) region.chinese = names.get(region.code) ?? "";
  return {
    years: header.years.map(Number), regions, sectors, boundaries, variables: new Map(header.variables.map((entry) => [entry.name, new Variable(entry, numbers)])),
    nation: regions.filter((region) => !region.abroad), keyNumber: (name) => header.key_numbers.find((number) => number.name === name),
  };
}

export async function loadData() {
  const header = json("header");
  const numbers = await unpack(document.getElementById("numbers").textContent);
  const hasRun = header.run_name !== undefined;
  const data = { variables: new Map(), facts: {}, documents: {}, ...header, ...(hasRun ? runData(header, numbers) : {}), hasRun,
    exhibits: header.exhibits.map((exhibit) => makeExhibit(exhibit, numbers)), licences: json("licences"), title: document.title };
  data.variable = (name) => data.variables.get(name);
  return data;
}

// Boundaries of China's prefecture-level units as one small TopoJSON, from the maps of echarts@4.9.0 (Apache-2.0), units of 2017-18, keyed
// by administrative code (GB/T 2260). Simplified and quantised: for statistics at national scale, not an official map.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const mapFolder = "echarts/map/json/province";
// Counties of the municipalities and of the two special regions are one unit each; Laiwu became part of Jinan in 2019.
const merged = new Map([["110", ["110100", "北京市"]], ["120", ["120100", "天津市"]], ["310", ["310100", "上海市"]],
  ["500", ["500100", "重庆市"]], ["810", ["810000", "香港特别行政区"]], ["820", ["820000", "澳门特别行政区"]]]);
// Codes that changed when prefectures became cities (2016 to 2018).
const renamed = new Map([["652200", ["650500", "哈密市"]], ["542400", ["540600", "那曲市"]], ["371200", ["370100", "济南市"]]]);
// Islands far to the south would shrink the rest of the map to nothing.
const leftOut = new Set(["460300"]);

/** Coordinates of ECharts' compressed geometry: zigzag differences in 1/1024 degree, as characters. */
function decodeRing(text, offset) {
  let [x, y] = offset;
  const ring = [];
  for (let i = 0; i < text.length; i += 2) {
    const dx = text.charCodeAt(i) - 64, dy = text.charCodeAt(i + 1) - 64;
    x += (dx >> 1) ^ -(dx & 1);
    y += (dy >> 1) ^ -(dy & 1);
    ring.push([x / 1024, y / 1024]);
  }
  return ring;
}

function polygonsOf({ type, coordinates, encodeOffsets }, encoded) {
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  if (!encoded) return polygons;
  const offsets = type === "Polygon" ? [encodeOffsets] : encodeOffsets;
  return polygons.map((rings, p) => rings.map((ring, r) => decodeRing(ring, offsets[p][r])));
}

function closed(ring) {
  const [first, last] = [ring[0], ring[ring.length - 1]];
  return first[0] === last[0] && first[1] === last[1] ? ring : [...ring, first];
}

function unitOf(id, name) {
  if (name === "山南市") return ["540500", name];  // its polygon has no code
  return merged.get(id.slice(0, 3)) ?? renamed.get(id) ?? [id, name];
}

function readProvince(path) {
  const map = JSON.parse(readFileSync(path, "utf8"));
  const province = map.features.find((feature) => feature.id)?.id ?? "";
  return map.features.flatMap((feature) => {
    const name = feature.properties.name;
    const isStub = name === "山南市" && feature.id !== undefined;  // a second, tiny polygon of the same unit
    if (isStub || leftOut.has(feature.id)) return [];
    const [id, label] = unitOf(feature.id ?? province, name);
    const coordinates = polygonsOf(feature.geometry, map.UTF8Encoding)
      .map((rings) => rings.map(closed).filter((ring) => ring.length > 3))
      .filter((rings) => rings.length > 0);
    return [{ type: "Feature", properties: { id, name: label }, geometry: { type: "MultiPolygon", coordinates } }];
  });
}

// Neighbours of the source differ by a little along their common border: near vertices become one, slivers are filled.
const commands = [
  "-i units.json snap snap-interval=0.01",
  "-clean gap-fill-area=400km2",
  "-dissolve2 id copy-fields=name",
  "-filter-islands min-area=60km2",
  "-simplify weighted 25% keep-shapes",
  "-clean",
  "-o boundaries.json format=topojson quantization=10000 id-field=id",
].join(" ");

/** @param modules folder node_modules @param mapshaper the package @returns TopoJSON with the object `units`: id is the code, property `name` the Chinese name */
export async function makeBoundaries(modules, mapshaper) {
  const folder = join(modules, mapFolder);
  const files = readdirSync(folder).filter((file) => file !== "taiwan.json").sort();  // whose units carry no code and are in no model
  const features = files.flatMap((file) => readProvince(join(folder, file)));
  const input = JSON.stringify({ type: "FeatureCollection", features });
  const output = await mapshaper.applyCommands(commands, { "units.json": input });
  const topology = JSON.parse(output["boundaries.json"]);
  const units = topology.objects.units;
  units.geometries = units.geometries
    .map(({ type, arcs, id, properties }) => ({ type, arcs, id, properties: { name: properties.name } }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { type: "Topology", transform: topology.transform, objects: { units }, arcs: topology.arcs };
}

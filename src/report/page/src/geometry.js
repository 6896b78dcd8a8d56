// Shapes of the regions and where they lie on paper.
import { geoArea, geoBounds, geoCentroid, geoConicEqualArea } from "d3-geo";
import { feature, mesh } from "topojson-client";

/** d3 takes the inside of a ring to lie on its right; the files do not care. */
function wound(shape) {
  if (geoArea(shape) < 2 * Math.PI) return shape;
  const turn = (rings) => rings.map((ring) => ring.slice().reverse());
  const { type, coordinates } = shape.geometry;
  return { ...shape, geometry: { type, coordinates: type === "Polygon" ? turn(coordinates) : coordinates.map(turn) } };
}

/** Albers' conic equal-area projection with its standard parallels a sixth inside the frame (Snyder 1987, p. 99). */
function projectionFor(shapes, width, height) {
  const collection = { type: "FeatureCollection", features: shapes };
  const [[west, south], [east, north]] = geoBounds(collection);
  return geoConicEqualArea().parallels([south + (north - south) / 6, north - (north - south) / 6])
    .rotate([-(west + east) / 2, 0]).fitExtent([[6, 6], [width - 6, height - 6]], collection);
}

const kept = new WeakMap();

/** @returns {shapes, inner: those of regions of the model, outer: the others, centroid(code), projection(width, height), height(width)} */
export function geometryOf(data) {
  if (!kept.has(data)) kept.set(data, makeGeometry(data));
  return kept.get(data);
}

function makeGeometry(data) {
  const shapes = data.boundaries ? feature(data.boundaries, data.boundaries.objects.units).features.map(wound) : [];
  const codes = new Set(data.regions.map((region) => region.code));
  const inner = shapes.filter((shape) => codes.has(shape.id));
  const centroids = new Map(shapes.map((shape) => [shape.id, geoCentroid(shape)]));
  const national = shapes.length > 40;
  return {
    shapes, inner, outer: shapes.filter((shape) => !codes.has(shape.id)), centroid: (code) => centroids.get(code),
    provinces: () => mesh(data.boundaries, data.boundaries.objects.units, (a, b) => a === b || a.id.slice(0, 2) !== b.id.slice(0, 2)),
    projection: (width, height) => projectionFor(national ? shapes : inner, width, height),
    height: (width) => (shapes.length ? Math.round(Math.min(width * (national ? 0.78 : 0.72), 620)) : 0),
  };
}

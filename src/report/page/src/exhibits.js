// What stands beside a run, by kind: each part builds its section of the page.
import { makeCalibrationPart } from "./calibration.js";
import { makeComparisonPart } from "./compare.js";
import { makeDiagramPart } from "./diagram.js";
import { makeEstimatorsPart } from "./estimators.js";
import { makeSweepPart } from "./sweep.js";

const makers = { calibration: makeCalibrationPart, comparison: makeComparisonPart, diagram: makeDiagramPart, estimators: makeEstimatorsPart, sweep: makeSweepPart };

/** @returns parts in the order of the page: {build} as of a run (run_part.js) */
export const makeExhibitParts = (data) => data.exhibits.map((exhibit, index) => makers[exhibit.kind](exhibit, `${exhibit.kind}${index}`));

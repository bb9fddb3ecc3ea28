// One quantity against another, such as flow against outdoor: a point for every time at which both were read.
//
// A line is {meaning, colour, xs, ys}; `x` is the meaning of the horizontal axis.

import { FONT, Plot, colour, drawThresholds, ends, lineStyle, numbersOf, valueAxis } from "./plot.js";

const POINT_PX = 5;

// The pairs of a sensor and the one on the horizontal axis.
export function pairsOf(x, y) {
  const xs = [];
  const ys = [];
  for (let index = 0; index < y.t.length; index += 1) {
    const across = x.mean[index];
    if (across === null || y.mean[index] === null) continue;
    xs.push(across);
    ys.push(y.mean[index]);
  }
  return { xs, ys };
}

export class ScatterChart extends Plot {
  made() {
    const { lines, x, thresholds, low, high } = this.shown;
    // all points in the order of the horizontal axis: uPlot wants it so
    const points = lines.flatMap((line, index) => line.xs.map((at, number) => [at, line.ys[number], index]));
    points.sort((one, other) => one[0] - other[0]);
    const columns = [points.map(([at]) => at), ...lines.map((_, index) => points.map((each) => (each[2] === index ? each[1] : null)))];
    const unit = lines[0].meaning.unit || "1";
    const values = thresholds.map((each) => each.value);
    const options = {
      ...this.size(),
      legend: { show: false },
      cursor: { x: false, y: false, drag: { x: false, y: false }, points: { size: 9 } },
      scales: {
        x: { time: false, range: (_, least, most) => ends(least, most, {}) },
        [unit]: { range: (_, least, most) => ends(least, most, { values, wished: { low, high } }) },
      },
      axes: [
        {
          ...lineStyle(),
          label: `${x.title}${x.unit ? ` (${x.unit})` : ""}`,
          labelFont: FONT,
          labelSize: 20,
          size: 30,
          values: (_, splits) => numbersOf(splits),
        },
        valueAxis(unit, 3, true),
      ],
      series: [{}, ...lines.map((line, index) => ({
        scale: unit,
        stroke: colour(line.colour ?? index),
        paths: () => null,
        points: { show: true, size: POINT_PX, width: 0, fill: `${colour(line.colour ?? index)}99`, space: 0 },
      }))],
      hooks: { draw: [(chart) => drawThresholds(chart, thresholds, () => unit)] },
    };
    return { options, columns };
  }
}

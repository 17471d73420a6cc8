/** Where a value stands in a chart of some size, 0 at its foot. */
export function placesOf(values: number[], width: number, height: number, most = Math.max(...values)): { x: number; y: number }[] {
  return values.map((v, i) => ({
    x: values.length === 1 ? width : (i * width) / (values.length - 1),
    y: most === 0 ? height : height - (v * height) / most,
  }));
}

/** The line through values, as the path of an SVG. */
export function linePath(values: number[], width: number, height: number, most?: number): string {
  return placesOf(values, width, height, most)
    .map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${round(x)} ${round(y)}`)
    .join("");
}

function round(n: number): number {
  return Math.round(n * 100) / 100;
}

// The geometry of the grid: how many cells fit, and how a real height becomes one that a browser can have.

export const MOST_CELLS = 300;
export const SIZES = [100, 160, 240, 320];
const TALLEST = 15_000_000; // device pixels; browsers stop between 16.7 and 33.5 million

/** Plan the grid for a viewport; cells grow past the wanted size when more than MOST_CELLS would be needed. */
export function plan({ width, height, wanted, count, ratio }) {
  let columns = Math.max(1, Math.floor(width / wanted));
  let cell = width / columns;
  while (columns > 1 && columns * (Math.ceil(height / cell) + 1) > MOST_CELLS) {
    columns -= 1;
    cell = width / columns;
  }
  const seen = Math.ceil(height / cell) + 1;
  const spare = columns * (seen + 2) <= MOST_CELLS ? 1 : 0;
  const rows = Math.ceil(count / columns);
  const real = Math.max(rows * cell, height);
  const shown = Math.min(real, Math.max(height, Math.floor(TALLEST / ratio)));
  const travel = shown - height;
  return {
    columns,
    cell,
    rows,
    spare,
    height,
    poolRows: seen + 2 * spare,
    furthest: real - height,
    shown,
    factor: travel > 0 ? (real - height) / travel : 1,
  };
}

/** Give the rows (first, end) that are at least half inside the viewport. */
export function halfVisible(plan_, top) {
  const first = Math.ceil(top / plan_.cell - 0.5);
  const end = Math.floor((top + plan_.height) / plan_.cell + 0.5);
  return [Math.max(0, first), Math.min(plan_.rows, end)];
}

/** Voxels of a scan in the patient's own millimetres (PS3.3 §C.7.6.2.1.1): x to the left, y to the back, z to the head. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  /** Between the centres of neighbours: columns and rows alike, and slices. */
  readonly spacing: number;
  readonly thickness: number;
  /** Centre of the first voxel. */
  readonly origin: readonly [x: number, y: number, z: number];
}

/** Signed distance to a surface in millimetres, below 0 inside, within one slice, never much more than it is; undefined where the slice has nothing of it. */
export type Shape = (z: number) => ((x: number, y: number) => number) | undefined;
/** What a place is made of; a number where it is the same everywhere. */
export type Matter = number | ((x: number, y: number, z: number) => number);
export type Point = readonly [x: number, y: number, z: number];
/** How much of a distance is believed: shapes that are made of several are not exact. */
const SURE = 0.7;
/** From and to, in millimetres. */
export interface Box {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly z: readonly [number, number];
}

/** A scan while it is painted: each shape is laid over what is there, its edge shared by the voxels it passes through. */
export class Volume {
  readonly grid: Grid;
  readonly values: Int16Array;

  constructor(grid: Grid, background: number) {
    this.grid = grid;
    this.values = new Int16Array(grid.columns * grid.rows * grid.slices).fill(background);
  }

  zOf(slice: number): number {
    return this.grid.origin[2] + slice * this.grid.thickness;
  }

  /** Paints what lies inside `shape`; only within `box` is it asked for. */
  paint(box: Box, shape: Shape, matter: Matter): void {
    const { grid } = this;
    const [fromSlice, toSlice] = range(box.z, grid.origin[2], grid.thickness, grid.slices);
    for (let slice = fromSlice; slice < toSlice; slice += 1) {
      const distance = shape(this.zOf(slice));
      if (distance !== undefined) this.#paintSlice(slice, box, distance, matter);
    }
  }

  /** A round tube with round ends, from one point to the next; its radius goes from `from` to `to`. */
  tube(a: Point, b: Point, from: number, to: number, matter: Matter): void {
    const widest = Math.max(from, to) + this.grid.spacing;
    const span = (at: 0 | 1 | 2): [number, number] => [
      Math.min(a[at], b[at]) - widest,
      Math.max(a[at], b[at]) + widest,
    ];
    this.paint({ x: span(0), y: span(1), z: span(2) }, tubeShape(a, b, from, to), matter);
  }

  /** A tube through several points. */
  vessel(points: readonly Point[], radius: number, matter: Matter): void {
    for (const [at, point] of points.entries()) {
      const next = points[at + 1];
      if (next !== undefined) this.tube(point, next, radius, radius, matter);
    }
  }

  /** @param turn radians about the axis of the body, from x towards y. */
  ellipsoid(centre: Point, radii: Point, matter: Matter, turn = 0): void {
    const reach = Math.max(...radii) + this.grid.spacing;
    const span = (at: 0 | 1 | 2): [number, number] => [centre[at] - reach, centre[at] + reach];
    this.paint({ x: span(0), y: span(1), z: span(2) }, ellipsoidShape(centre, radii, turn), matter);
  }

  #paintSlice(slice: number, box: Box, distance: (x: number, y: number) => number, matter: Matter): void {
    const { columns, rows, spacing, origin } = this.grid;
    const [fromRow, toRow] = range(box.y, origin[1], spacing, rows);
    const [fromColumn, toColumn] = range(box.x, origin[0], spacing, columns);
    for (let row = fromRow; row < toRow; row += 1) {
      const y = origin[1] + row * spacing;
      const at = (slice * rows + row) * columns;
      for (let column = fromColumn; column < toColumn; ) {
        const away = distance(origin[0] + column * spacing, y) / spacing;
        // No surface is nearer than it says, or not by much: what lies between needs no second look.
        const sure = Math.max(1, Math.min(toColumn - column, Math.floor(Math.abs(away) * SURE)));
        if (away < 0.5) this.#layRow(at, column, away < -0.5 ? sure : 1, 0.5 - away, y, this.zOf(slice), matter);
        column += away < 0.5 && away >= -0.5 ? 1 : sure;
      }
    }
  }

  #layRow(at: number, column: number, count: number, share: number, y: number, z: number, matter: Matter): void {
    const { spacing, origin } = this.grid;
    if (typeof matter === 'number' && share >= 1) this.values.fill(matter, at + column, at + column + count);
    else
      for (let next = column; next < column + count; next += 1)
        this.#lay(at + next, share, typeof matter === 'number' ? matter : matter(origin[0] + next * spacing, y, z));
  }

  #lay(at: number, share: number, value: number): void {
    const { values } = this;
    values[at] = share >= 1 ? value : (values[at] ?? 0) * (1 - share) + value * share;
  }
}

function range([from, to]: readonly [number, number], origin: number, step: number, count: number): [number, number] {
  return [Math.max(0, Math.floor((from - origin) / step)), Math.min(count, Math.ceil((to - origin) / step) + 1)];
}

export function tubeShape(a: Point, b: Point, from: number, to: number): Shape {
  const [dx, dy, dz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const length = dx * dx + dy * dy + dz * dz || 1;
  return (z) => (x, y) => {
    const along = ((x - a[0]) * dx + (y - a[1]) * dy + (z - a[2]) * dz) / length;
    const t = along < 0 ? 0 : Math.min(along, 1);
    const [ex, ey, ez] = [x - a[0] - t * dx, y - a[1] - t * dy, z - a[2] - t * dz];
    return Math.sqrt(ex * ex + ey * ey + ez * ez) - from - t * (to - from);
  };
}

export function ellipsoidShape(centre: Point, [rx, ry, rz]: Point, turn = 0): Shape {
  const [cos, sin, least] = [Math.cos(turn), Math.sin(turn), Math.min(rx, ry, rz)];
  return (z) => {
    const w = (z - centre[2]) / rz;
    if (Math.abs(w) > 1.2) return undefined;
    return (x, y) => {
      const [px, py] = [x - centre[0], y - centre[1]];
      const [u, v] = [(px * cos + py * sin) / rx, (py * cos - px * sin) / ry];
      return (Math.sqrt(u * u + v * v + w * w) - 1) * least;
    };
  };
}

/** From 0 to 1 as `value` goes from `from` to `to`, without a corner. */
export function ease(value: number, from: number, to: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

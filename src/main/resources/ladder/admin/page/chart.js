// A chart of the last five minutes: a legend that shows the figures under the cursor, or the last
// ones; the plot (uPlot); and the same figures as a table for who cannot see the plot.

import uPlot from '/assets/uPlot.esm.js';
import { clockTime } from '/assets/format.js';
import { find, make, setRows, setText } from '/assets/dom.js';

const POINTS_MAX = 300;
const WINDOW_MIN_SECONDS = 60;
const GAP_SECONDS = 3;
const TABLE_ROWS = 10;
const HEIGHT = 180;
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

const dark = matchMedia('(prefers-color-scheme: dark)');
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * @param options.id of the figure
 * @param options.series [{ name, color, value(point) }], where the colour is a custom property
 * @param options.format how a figure is written
 * @param options.stacked whether the series are parts of a whole, the first at the bottom
 * @param options.logarithmic whether the scale of the figures is
 */
export class Chart {
  #figure;
  #options;
  #points = [];
  #plot = null;
  #values = [];
  #removal = new AbortController();
  #resizes = new ResizeObserver(() => this.#fit());

  constructor(options) {
    this.#options = options;
    this.#figure = find(`#${options.id}`);
    this.#makeLegend();
    this.#makeTableHead();
    const { signal } = this.#removal;
    find('details', this.#figure).addEventListener('toggle', () => this.#fillTable(), { signal });
    this.#resizes.observe(this.#box);
    dark.addEventListener('change', () => this.#redraw(), { signal });
  }

  /** Leaves the figure to another chart. */
  remove() {
    this.#removal.abort();
    this.#resizes.disconnect();
    this.#plot?.destroy();
  }

  /** The plot keeps the colours that it was made with. */
  #redraw() {
    this.#plot?.destroy();
    this.#plot = null;
    this.draw();
  }

  get #box() {
    return find('.plot', this.#figure);
  }

  /** Adds points that are later than those before. */
  add(points) {
    const last = this.#points.at(-1)?.at ?? 0;
    this.#points.push(...points.filter((point) => point.at > last));
    this.#points.splice(0, this.#points.length - POINTS_MAX);
  }

  draw() {
    const data = this.#data();
    if (this.#plot) {
      this.#plot.setData(data);
    } else if (this.#box.clientWidth > 0) {
      this.#plot = new uPlot(this.#plotOptions(), data, this.#box);
    }
    this.#showFigures(null);
    this.#fillTable();
    this.#box.setAttribute('aria-label', this.#description());
    this.#box.dataset.points = this.#points.length;
  }

  /** Columns as uPlot wants them: the seconds, then each series; a gap is a row of nulls. */
  #data() {
    const columns = [[], ...this.#options.series.map(() => [])];
    let before = null;
    for (const point of this.#points) {
      const seconds = point.at / 1000;
      if (before !== null && seconds - before > GAP_SECONDS) {
        columns.forEach((column, i) => column.push(i === 0 ? before + 1 : null));
      }
      columns[0].push(seconds);
      this.#heights(point).forEach((height, i) => columns[i + 1].push(height));
      before = seconds;
    }
    if (this.#options.stacked) {
      // The highest is drawn first, and each lower one over it.
      return [columns[0], ...columns.slice(1).reverse()];
    }
    return columns;
  }

  /** What is plotted of a point: its figures, or in a stack each on top of those before. */
  #heights(point) {
    let sum = 0;
    return this.#options.series.map((series) => {
      const value = series.value(point) ?? null;
      if (!this.#options.stacked) {
        return value;
      }
      sum += value ?? 0;
      return sum;
    });
  }

  #plotOptions() {
    const { series, stacked, logarithmic } = this.#options;
    const lines = series.map(({ name, color }, i) => ({
      label: name,
      stroke: style(color),
      width: stacked ? 0 : 1.5,
      fill: stacked ? style(color) : undefined,
      dash: stacked ? undefined : DASHES[i % DASHES.length],
      points: { show: false },
    }));
    const axis = {
      stroke: style('--muted'),
      font: '11px system-ui, sans-serif',
      ticks: { show: false },
      gap: 8,
    };
    const grid = { stroke: style('--grid'), width: 1 };
    return {
      width: this.#box.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { sync: { key: 'ladder' }, drag: { x: false, y: false }, points: { show: false } },
      scales: {
        x: { range: (_, min, max) => [Math.min(min, max - WINDOW_MIN_SECONDS), max] },
        y: logarithmic
          ? { distr: 3, range: logRange }
          : { range: (_, min, max) => [0, max > 0 ? max * 1.15 : 1] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 26,
          space: 80,
          values: (_, seconds) => seconds.map((s) => clockTime(s * 1000)),
        },
        {
          ...axis,
          grid: logarithmic ? { ...grid, filter: powersOfTen } : grid,
          size: 46,
          space: 32,
          values: (_, splits) => splits.map(axisFigure),
        },
      ],
      series: [{}, ...(stacked ? lines.reverse() : lines)],
      hooks: { setCursor: [(plot) => this.#showFigures(plot.cursor.idx)] },
    };
  }

  #makeLegend() {
    const items = this.#options.series.map(({ name, color }, i) => {
      const value = make('b', {}, '–');
      this.#values.push(value);
      const swatch = this.#options.stacked ? square(color) : line(color, DASHES[i % DASHES.length]);
      return make('li', {}, swatch, make('span', {}, name), value);
    });
    find('.legend', this.#figure).replaceChildren(...items);
  }

  #showFigures(index) {
    const seconds = index === null || index === undefined ? null : this.#plot?.data[0][index];
    const point =
      seconds == null
        ? this.#points.at(-1)
        : this.#points.find((candidate) => candidate.at / 1000 === seconds);
    this.#options.series.forEach((series, i) => {
      setText(this.#values[i], this.#options.format(point ? series.value(point) : null));
    });
  }

  #makeTableHead() {
    const names = ['Time', ...this.#options.series.map(({ name }) => name)];
    const cells = names.map((name, i) =>
      make('th', { scope: 'col', className: i > 0 ? 'n' : '' }, name),
    );
    find('thead', this.#figure).replaceChildren(make('tr', {}, ...cells));
  }

  #fillTable() {
    if (!find('details', this.#figure).open) {
      return;
    }
    const { series, format } = this.#options;
    const rows = this.#points
      .slice(-TABLE_ROWS)
      .reverse()
      .map((point) => [clockTime(point.at), ...series.map((s) => format(s.value(point)))]);
    setRows(find('tbody', this.#figure), rows, series.map((_, i) => i + 1));
  }

  #description() {
    const title = find('h2', this.#figure).textContent;
    const point = this.#points.at(-1);
    const { series, format } = this.#options;
    return point
      ? `${title} now: ${series.map((s) => `${s.name} ${format(s.value(point))}`).join(', ')}`
      : `${title}: nothing measured yet`;
  }

  #fit() {
    if (this.#plot && this.#box.clientWidth > 0) {
      this.#plot.setSize({ width: this.#box.clientWidth, height: HEIGHT });
    } else {
      this.draw();
    }
  }
}

/** From the power of ten below to the one above; a decade of milliseconds when there is nothing. */
function logRange(_, min, max) {
  return min > 0 ? uPlot.rangeLog(min, max, 10, true) : [1, 10];
}

const powersOfTen = (_, splits) => splits.map((v) => (Number.isInteger(Math.log10(v)) ? v : null));

function axisFigure(value) {
  if (value === null) {
    return '';
  }
  return value >= 10_000 ? `${value / 1000}k` : String(Number(value.toPrecision(3)));
}

const SVG = 'http://www.w3.org/2000/svg';

/** A piece of the line as it is drawn, dashes and all. */
function line(color, dash) {
  return swatch('line', { x1: 0, y1: 6, x2: 22, y2: 6, 'stroke-width': 2 }, 'stroke', color, dash);
}

function square(color) {
  return swatch('rect', { x: 5, y: 0, width: 12, height: 12, rx: 2 }, 'fill', color, []);
}

function swatch(tag, attributes, paint, color, dash) {
  const svg = document.createElementNS(SVG, 'svg');
  const shape = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries({ width: 22, height: 12, 'aria-hidden': true })) {
    svg.setAttribute(name, value);
  }
  for (const [name, value] of Object.entries(attributes)) {
    shape.setAttribute(name, value);
  }
  shape.setAttribute('stroke-dasharray', dash.join(' '));
  shape.style[paint] = `var(${color})`;
  svg.append(shape);
  return svg;
}

// The requests: seven tiles of the last second, and three charts of the last five minutes.

import { Chart } from '/assets/chart.js';
import { count, millis, rate } from '/assets/format.js';
import { find, setText } from '/assets/dom.js';

const POINTS_MAX = 300;

const TILES = {
  rate,
  p50: millis,
  p99: millis,
  p999: millis,
  errors: rate,
  shed: rate,
  inflight: count,
};
const ALARMS = ['errors', 'shed'];

const of = (name) => (point) => point[name];
const phase = (name) => (point) => point.phases[name];

/** Where a request's time can go, from the bottom of the stack; others are shown as named. */
const PHASES = {
  rest: ['CPU and the wait for it', '--series-rest'],
  auth: ['key', '--series-4'],
  limit: ['limiter', '--series-2'],
  cache: ['cache', '--series-5'],
  pool: ['pool', '--series-6'],
  db: ['query', '--series-1'],
  journal: ['journal', '--series-7'],
};
const MORE_COLORS = ['--series-8', '--series-3'];

/** What a phase is called on the page. */
export const phaseTitle = (name) => (PHASES[name] ? PHASES[name][0] : name);

const charts = [
  new Chart({
    id: 'chart-rate',
    format: rate,
    series: [
      { name: 'requests', color: '--series-1', value: of('rate') },
      { name: 'limited 429', color: '--series-2', value: of('limited') },
      { name: 'errors 5xx', color: '--series-6', value: of('errors') },
      { name: 'shed 503', color: '--series-4', value: of('shed') },
    ],
  }),
  new Chart({
    id: 'chart-latency',
    format: millis,
    logarithmic: true,
    series: [
      { name: 'p50', color: '--series-1', value: of('p50') },
      { name: 'p99', color: '--series-2', value: of('p99') },
      { name: 'p99.9', color: '--series-6', value: of('p999') },
    ],
  }),
];
let phases = null;

/** All points, for the chart that is made when the first request was seen. */
const all = [];

/** The phases are those that the node counts, which the first point tells. */
function phaseChart(points) {
  const names = points.map((point) => Object.keys(point.phases)).find((p) => p.length > 0) ?? [];
  if (phases || names.length === 0) {
    return;
  }
  const more = names.filter((name) => !PHASES[name]);
  const known = Object.keys(PHASES).filter((name) => names.includes(name));
  phases = new Chart({
    id: 'chart-phases',
    format: millis,
    stacked: true,
    series: [...known, ...more].map((name) => {
      const color = PHASES[name]?.[1] ?? MORE_COLORS[more.indexOf(name) % MORE_COLORS.length];
      return { name: phaseTitle(name), color, value: phase(name) };
    }),
  });
  charts.push(phases);
  phases.add(all);
}

/** Adds the points of a time in which nobody looked here. */
export function addHistory(points) {
  add(points);
}

export function show({ traffic }) {
  for (const [name, format] of Object.entries(TILES)) {
    const tile = find(`[data-tile="${name}"]`);
    setText(tile, format(traffic?.[name]));
    tile.classList.toggle('alarm', ALARMS.includes(name) && traffic?.[name] > 0);
  }
  if (traffic) {
    add([traffic]);
  }
}

function add(points) {
  const last = all.at(-1)?.at ?? 0;
  const later = points.filter((point) => point.at > last);
  all.push(...later);
  all.splice(0, all.length - POINTS_MAX);
  phaseChart(later);
  for (const chart of charts) {
    chart.add(later);
    chart.draw();
  }
}

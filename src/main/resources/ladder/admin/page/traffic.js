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
const phase = (name) => (point) =>
  Object.keys(point.phases).length > 0 ? (point.phases[name] ?? 0) : null;

/** Where a request's time can go, from the bottom of the stack. */
const PHASES = {
  rest: ['own work and waiting for CPU', '--series-rest'],
  auth: ['key', '--series-4'],
  limit: ['limiter', '--series-2'],
  cache: ['cache', '--series-5'],
  'primary-pool': ['primary’s pool', '--series-6'],
  primary: ['primary', '--series-1'],
  'replica-pool': ['replica’s pool', '--series-9'],
  replica: ['replica', '--series-8'],
  journal: ['journal', '--series-7'],
  downstream: ['receivers', '--series-3'],
  body: ['client’s body', '--series-10'],
};

/** What a phase is called on the page. */
export const phaseTitle = (name) => (PHASES[name]?.[0] ?? name);

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

/** All points, for the chart that is made anew when time is spent where it was not before. */
const all = [];
const spent = new Set();

function phaseChart(points) {
  const before = spent.size;
  points.flatMap((point) => Object.keys(point.phases)).forEach((name) => spent.add(name));
  if (spent.size > before) {
    phases?.remove();
    phases = new Chart({
      id: 'chart-phases',
      format: millis,
      stacked: true,
      series: Object.entries(PHASES)
        .filter(([name]) => spent.has(name))
        .map(([name, [title, color]]) => ({ name: title, color, value: phase(name) })),
    });
    phases.add(all);
  }
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
  for (const chart of phases ? [...charts, phases] : charts) {
    chart.add(later);
    chart.draw();
  }
}

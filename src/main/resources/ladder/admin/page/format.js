// How figures are written. A figure that is not there is a dash.

const NONE = '–';

const fixed = [0, 1, 2, 3].map(
  (digits) =>
    new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);
const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

const missing = (x) => x === null || x === undefined || Number.isNaN(x);

/** A number of things: 0, 7, 1,234. */
export const count = (x) => (missing(x) ? NONE : fixed[0].format(x));

/** A rate: 0, 0.4, 12.5, 1,234. */
export function rate(x) {
  if (missing(x)) {
    return NONE;
  }
  return fixed[x === 0 || x >= 100 ? 0 : 1].format(x);
}

/** Milliseconds, to about three digits: 0.12, 4.56, 78.9, 1,234. */
export function millis(x) {
  if (missing(x)) {
    return NONE;
  }
  return fixed[x === 0 || x >= 100 ? 0 : x >= 10 ? 1 : 2].format(x);
}

/** A share of 0 to 1 in percent: 0 %, < 0.1 %, 97.4 %, > 99.9 %, 100 %. */
export function percent(x) {
  if (missing(x)) {
    return NONE;
  }
  if (x > 0 && x < 0.001) {
    return '< 0.1 %';
  }
  if (x > 0.999 && x < 1) {
    return '> 99.9 %';
  }
  return `${fixed[x === 0 || x === 1 ? 0 : 1].format(100 * x)} %`;
}

/** A span of time in its largest unit: 250 ms, 10 s, 5 min, 6 h. */
export function span(seconds) {
  if (missing(seconds)) {
    return NONE;
  }
  if (seconds < 1) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  const units = [
    [86400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const [size, name] = units.find(([unit]) => seconds >= unit && seconds % unit === 0) ?? [1, 's'];
  return `${fixed[Number.isInteger(seconds / size) ? 0 : 1].format(seconds / size)} ${name}`;
}

/** A figure of any kind: as many digits as it needs, three after the point at most. */
export function figure(x) {
  if (typeof x !== 'number') {
    return missing(x) ? NONE : String(x);
  }
  const size = Math.abs(x);
  return fixed[Number.isInteger(x) || size >= 100 ? 0 : size >= 10 ? 1 : 2].format(x);
}

/** The time of day of a moment, in milliseconds or ISO 8601. */
export const clockTime = (moment) => time.format(new Date(moment));

/** Day and time of a moment. */
export const dateTime = (moment) => date.format(new Date(moment));

// The ladder: for each rung whether it is on, whether what it needs answers, and what it does.

import { count, percent, rate, span } from '/assets/format.js';
import { find, make, makeTable, setText } from '/assets/dom.js';
import { phaseTitle } from '/assets/traffic.js';

/** Rates are taken over so many snapshots, a second apart. */
const WINDOW = 10;

const recent = [];

/** Makes the row of a rung; gives what changes in it. */
function row(number, name, idea, ...more) {
  const states = make('div', { className: 'states' });
  const effect = make('p');
  find('#rungs').append(
    make(
      'li',
      {},
      make('span', { className: 'number', 'aria-hidden': 'true' }, String(number)),
      make('div', { className: 'name' }, make('h3', {}, name), make('p', {}, idea)),
      states,
      make('div', { className: 'effect' }, effect, ...more),
    ),
  );
  return { states, effect };
}

const ttl = makeTable(
  'Hit ratio that each time to live would give',
  ['Time to live', '1 s', '10 s', '1 min', '5 min', '30 min', '6 h'],
  [1, 2, 3, 4, 5, 6],
);
ttl.table.className = 'times-to-live';
const pools = makeTable(
  'Database',
  ['', 'Queries/s', 'In use', 'Waiting', 'Size', 'Lag'],
  [1, 2, 3, 4, 5],
);
const channels = makeTable(
  'Channels',
  ['', 'Lag', 'Waiting', 'Delivered/s', 'Retries', 'Dead'],
  [1, 2, 3, 4, 5],
);
const scroll = ({ table }) => make('div', { className: 'scroll' }, table);

const rows = {
  measure: row(1, 'Measure', 'find the bound before you climb'),
  cache: row(2, 'Cache', 'the fastest query is the one never made', scroll(ttl)),
  servers: row(3, 'More servers', 'nodes that share nothing but Redis and the database'),
  database: row(4, 'Database', 'pools, and reads from a replica', scroll(pools)),
  background: row(5, 'Background work', 'answer first, deliver after', scroll(channels)),
  limit: row(6, 'Rate limit', 'one client must not take the others’ share'),
};

export function show(snapshot) {
  recent.push(snapshot);
  recent.splice(0, recent.length - WINDOW - 1);
  showMeasure(snapshot);
  showCache(snapshot);
  showServers(snapshot);
  showDatabase(snapshot);
  showBackground(snapshot);
  showLimit(snapshot);
}

/** How much a counter of the statistics grew within the window. */
function growth(read) {
  return read(recent.at(-1).stats) - read(recent[0].stats);
}

/** The same for each second; null while there is one snapshot only. */
function perSecond(read) {
  const seconds = (recent.at(-1).at - recent[0].at) / 1000;
  return seconds > 0 ? growth(read) / seconds : null;
}

function setStates(element, states) {
  const key = JSON.stringify(states);
  if (element.dataset.key !== key) {
    element.dataset.key = key;
    element.replaceChildren(
      ...states.map(([text, kind]) => make('span', { className: `pill ${kind}` }, text)),
    );
  }
}

const onOff = (name, on) => (on ? [`${name}on`, 'good'] : [`${name}off`, '']);
const answers = (name, ok) => (ok ? [`${name} answers`, 'good'] : [`${name} is away`, 'bad']);

function showMeasure({ traffic }) {
  setStates(rows.measure.states, [['on', 'good']]);
  const phases = Object.entries(traffic?.phases ?? {}).sort(([, a], [, b]) => b - a);
  const sum = phases.reduce((total, [, millis]) => total + millis, 0);
  const [name, most] = phases[0] ?? [];
  setText(
    rows.measure.effect,
    sum > 0
      ? `Most of a request’s time goes to: ${phaseTitle(name)}, ${percent(most / sum)}.`
      : 'No request in the last second.',
  );
}

function showCache({ setup, answers: up, timesToLive }) {
  setStates(rows.cache.states, [onOff('', setup.rungs.cache), answers('Redis', up.redis)]);
  const of = (name) => growth((s) => s.cache[name]);
  const reads = of('hits') + of('misses') + of('negatives') + of('errors');
  const saved = perSecond((s) => s.cache.hits + s.cache.negatives);
  let text = 'No read in the last ten seconds.';
  if (!setup.rungs.cache) {
    text = `Every read is a query: ${rate(perSecond((s) => s.cache.loads))} a second.`;
  } else if (reads > 0) {
    const ratio = (of('hits') + of('negatives')) / reads;
    text = `Hit ratio ${percent(ratio)}, which saves ${rate(saved)} queries a second.`;
    if (of('errors') > 0) {
      text += ` ${count(of('errors'))} look-ups failed and were loaded instead.`;
    }
  }
  const estimated = timesToLive.length > 0 ? ' Estimated for other times to live:' : '';
  setText(rows.cache.effect, text + estimated);
  showTimesToLive(setup, timesToLive);
}

/** The table's columns are the simulated times to live; the one that is set stands out. */
function showTimesToLive(setup, estimates) {
  ttl.table.hidden = estimates.length === 0;
  const headings = ttl.table.tHead.rows[0].cells;
  estimates.forEach(({ seconds }, i) => {
    const chosen = setup.rungs.cache && seconds === setup.cacheSeconds;
    setText(headings[i + 1], span(seconds) + (chosen ? ' (set)' : ''));
    headings[i + 1].classList.toggle('chosen', chosen);
  });
  ttl.set([['Hit ratio', ...estimates.map(({ hitRatio }) => percent(hitRatio))]]);
}

function showServers({ answers: up }) {
  setStates(rows.servers.states, [
    answers('Redis', up.redis),
    answers('database', up.database),
  ]);
  setText(
    rows.servers.effect,
    up.redis
      ? 'Limit and cache are shared: another node with the same settings takes part at once.'
      : 'Nothing is shared until Redis answers: each node loads and limits by itself.',
  );
}

function showDatabase({ setup, pools: state, stats }) {
  const { pool, replica } = setup.rungs;
  const { database } = stats;
  setStates(rows.database.states, [onOff('pool ', pool), onOff('replica ', replica)]);
  const queries = {
    primary: perSecond((s) => s.database.primaryQueries),
    replica: perSecond((s) => s.database.replicaQueries),
  };
  const all = queries.primary + queries.replica;
  const refused = growth((s) => s.database.replicaFailures);
  setText(
    rows.database.effect,
    [
      all > 0 ? `The replica takes ${percent(queries.replica / all)} of the queries.` : 'No query.',
      refused > 0 ? ` It refused ${count(refused)}, which the primary answered.` : '',
    ].join(''),
  );
  const names = ['primary', ...(state.replica || database.replicaQueries > 0 ? ['replica'] : [])];
  pools.set(
    names.map((name) => [
      name,
      rate(queries[name]),
      count(state[name]?.active),
      count(state[name]?.waiting),
      count(state[name]?.size),
      name === 'replica' ? lag(database.replicaLagSeconds) : '',
    ]),
  );
}

function lag(seconds) {
  return seconds < 10 ? `${Math.round(seconds * 1000)} ms` : span(Math.round(seconds));
}

function showBackground({ setup, stats }) {
  const on = setup.rungs.background;
  setStates(rows.background.states, [onOff('', on)]);
  const behind = Object.values(stats.journal.channels).reduce((sum, c) => sum + c.lagEntries, 0);
  const appended = rate(perSecond((s) => s.journal.appended));
  const now = behind > 0 ? `${count(behind)} yet to be delivered` : 'all delivered';
  setText(
    rows.background.effect,
    on
      ? `${appended} events a second, ${now}.`
      : 'A sign-up waits for the mail server, the audit log and Slack.',
  );
  channels.table.hidden = !on;
  channels.set(
    Object.entries(stats.journal.channels).map(([name, channel]) => [
      name,
      count(channel.lagEntries),
      count(channel.waiting),
      rate(perSecond((s) => s.journal.channels[name].delivered)),
      count(channel.retries),
      count(channel.dead),
    ]),
  );
}

function showLimit({ setup, answers: up }) {
  const on = setup.rungs.limit;
  setStates(rows.limit.states, [onOff('', on), answers('Redis', up.redis)]);
  const per = (name) => rate(perSecond((s) => s.limit[name]));
  const quota = `${count(setup.limitRequests)} requests in ${span(setup.limitSeconds)}`;
  setText(
    rows.limit.effect,
    on
      ? `${per('allowed')} allowed, ${per('denied')} denied, ${per('fallback')} decided without ` +
          `Redis, each second. A key without a limit of its own may make ${quota}.`
      : 'Every client may take all there is.',
  );
}

// The verdict as a sentence: what the node is bound by, how sure that is, and what to do.

import { clockTime, count, figure, percent } from '/assets/format.js';
import { find, make, setRows, setText } from '/assets/dom.js';

const BOUNDS = {
  cpu: ['is', 'bound by its processors'],
  io: ['is', 'bound by I/O'],
  memory: ['is', 'bound by memory'],
  idle: ['has', 'room to spare'],
};

const PLACES = {
  primary: 'on the primary database',
  replica: 'on the replica',
  'primary-pool': 'on the primary’s pool of connections',
  'replica-pool': 'on the replica’s pool of connections',
  redis: 'on Redis',
  journal: 'on the journal’s disk',
  downstream: 'on the receivers of mail, audit and Slack',
};

const RUNGS = {
  cache: 'The next rung is 2, the cache.',
  servers: 'The next rung is 3, more servers.',
  database: 'The next rung is 4, the database.',
  background: 'The next rung is 5, background work.',
  limit: 'The next rung is 6, rate limits.',
  none: 'There is no rung to climb.',
};

const STRONGEST = 4;

const section = find('#verdict');

export function show({ verdict }) {
  if (!verdict) {
    setText(find('.sentence', section), 'There is no verdict yet.');
    return;
  }
  setSentence(verdict);
  setText(find('.advice', section), verdict.advice ?? '');
  setText(
    find('.since', section),
    [
      verdict.bound,
      `${count(100 * verdict.confidence)} % sure`,
      verdict.since && `since ${clockTime(verdict.since)}`,
    ]
      .filter(Boolean)
      .join(', '),
  );
  setEvidence(verdict.evidence ?? []);
  setIndexes(verdict.indexes ?? []);
}

/** Written only when it changes, since it is read aloud then. */
function setSentence({ bound, on, rung }) {
  const [verb, what] = BOUNDS[bound] ?? ['is', bound];
  const state = on ? `${what} ${PLACES[on] ?? `on ${on}`}` : what;
  const next = RUNGS[rung] ?? rung;
  const sentence = find('.sentence', section);
  if (sentence.textContent !== `This node ${verb} ${state}. ${next}`) {
    sentence.replaceChildren(`This node ${verb} `, make('strong', {}, state), `. ${next}`);
  }
}

/** The strongest are in sight, the others folded away. */
function setEvidence(evidence) {
  const rows = evidence.map(({ name, value, unit, meaning }) => [
    name,
    withUnit(value, unit),
    meaning ?? '',
  ]);
  setTable(find('.evidence', section), rows.slice(0, STRONGEST));
  const more = find('details', section);
  setTable(find('.evidence', more), rows.slice(STRONGEST));
  more.hidden = rows.length <= STRONGEST;
}

function withUnit(value, unit) {
  return unit === 'share' ? percent(value) : `${figure(value)} ${unit.replace(/^1\//, '/')}`;
}

function setTable(table, rows) {
  table.hidden = rows.length === 0;
  setRows(find('tbody', table), rows, [1]);
}

function setIndexes(indexes) {
  const block = find('.indexes', section);
  block.hidden = indexes.length === 0;
  const items = indexes.map(({ table, statement, scans }) =>
    make(
      'li',
      {},
      make('code', {}, statement),
      make('span', { className: 'muted' }, `${count(scans)} scans of all of ${table}`),
    ),
  );
  const list = find('ul', block);
  if (list.textContent !== items.map((item) => item.textContent).join('')) {
    list.replaceChildren(...items);
  }
}

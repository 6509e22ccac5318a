// The verdict as a sentence: what the node is bound by, how sure that is, and what to do.

import { clockTime, count, figure } from '/assets/format.js';
import { find, make, setRows, setText } from '/assets/dom.js';

const BOUNDS = {
  cpu: 'bound by the processor',
  io: 'waiting for I/O',
  memory: 'bound by memory',
  idle: 'idle',
};

const PLACES = {
  primary: 'on the primary database',
  replica: 'on the replica',
  'primary-pool': 'for a connection of the primary’s pool',
  'replica-pool': 'for a connection of the replica’s pool',
  redis: 'on Redis',
  journal: 'on the journal’s disk',
  downstream: 'on a service behind it',
};

const RUNGS = {
  cache: 'climb to rung 2, the cache',
  servers: 'climb to rung 3, more servers',
  database: 'climb to rung 4, the database',
  background: 'climb to rung 5, background work',
  limit: 'climb to rung 6, rate limits',
  none: 'nothing to climb',
};

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
    [`${count(100 * verdict.confidence)} % sure`, verdict.since && `since ${clockTime(verdict.since)}`]
      .filter(Boolean)
      .join(', '),
  );
  setEvidence(verdict.evidence ?? []);
  setIndexes(verdict.indexes ?? []);
}

/** Written only when it changes, since it is read aloud then. */
function setSentence({ bound, on, rung }) {
  const state = [BOUNDS[bound] ?? bound, on ? (PLACES[on] ?? `on ${on}`) : ''].join(' ').trim();
  const sentence = find('.sentence', section);
  const next = RUNGS[rung] ?? rung;
  const text = `This node is ${state}: ${next}.`;
  if (sentence.textContent !== text) {
    sentence.replaceChildren(
      'This node is ',
      make('strong', {}, state),
      ': ',
      make('strong', {}, next),
      '.',
    );
  }
}

function setEvidence(evidence) {
  const table = find('.evidence', section);
  table.hidden = evidence.length === 0;
  setRows(
    find('tbody', table),
    evidence.map((e) => [e.name, `${figure(e.value)} ${e.unit ?? ''}`.trim(), e.meaning ?? '']),
    [1],
  );
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

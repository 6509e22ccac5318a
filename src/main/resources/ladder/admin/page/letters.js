// Dead letters: what a channel gave up and why, to be delivered again or deleted.

import { send } from '/assets/api.js';
import { count, dateTime } from '/assets/format.js';
import { confirm, find, make, setText } from '/assets/dom.js';

/** Other nodes' letters make no counter of this one grow, so the list is asked for now and then. */
const REFRESH_MILLIS = 15_000;

const section = find('#letters');
let shownDead = null;
let listed = '';

/** Asks for the list when a channel of this node gave something up. */
export function show({ stats }) {
  const dead = Object.values(stats.journal.channels).reduce((sum, c) => sum + c.dead, 0);
  if (dead !== shownDead) {
    shownDead = dead;
    refresh();
  }
}

export function start() {
  refresh();
  setInterval(() => document.hidden || refresh(), REFRESH_MILLIS);
}

async function refresh() {
  try {
    const { dead } = await send('GET', '/journal/dead');
    const text = JSON.stringify(dead);
    if (text !== listed) {
      listed = text;
      list(dead);
    }
  } catch (e) {
    setText(find('.state', section), e.message);
  }
}

function list(letters) {
  setText(
    find('.state', section),
    letters.length === 0 ? 'None: every effect was delivered, or is still being tried.' : '',
  );
  find('.state', section).hidden = letters.length > 0;
  find('table', section).hidden = letters.length === 0;
  find('tbody', section).replaceChildren(...letters.map(row));
}

function row({ id, channel, event, attempts, reason, diedAt }) {
  const subject = `letter ${id} to ${channel}`;
  const what = [event.action, event.email ?? (event.userId && `user ${event.userId}`)];
  return make(
    'tr',
    { 'data-letter': id },
    make('th', { scope: 'row', 'data-label': 'Channel' }, channel),
    make('td', { 'data-label': 'Event' }, what.filter(Boolean).join(' ')),
    make('td', { 'data-label': 'Reason' }, reason),
    make('td', { className: 'n', 'data-label': 'Attempts' }, count(attempts)),
    make('td', { 'data-label': 'Given up' }, dateTime(diedAt)),
    make(
      'td',
      { className: 'actions' },
      button('Replay', `Replay ${subject}`, () => send('POST', `/journal/dead/${id}/replay`)),
      ' ',
      button('Delete', `Delete ${subject}`, async () => {
        if (await confirm(`Delete ${subject}? It will never be delivered.`, 'Delete')) {
          await send('DELETE', `/journal/dead/${id}`);
        }
      }),
    ),
  );
}

function button(text, label, action) {
  const element = make('button', { type: 'button', 'aria-label': label }, text);
  element.addEventListener('click', async () => {
    const problem = find('.problem', section);
    element.disabled = true;
    setText(problem, '');
    try {
      await action();
    } catch (e) {
      setText(problem, e.message);
    }
    element.disabled = false;
    await refresh();
  });
  return element;
}

// API keys: the list, newest first, a form that creates one and shows its secret once, revocation.

import { send } from '/assets/api.js';
import { count, dateTime } from '/assets/format.js';
import { confirm, find, make, setText } from '/assets/dom.js';

const PAGE = 20;

const section = find('#keys');
const form = find('form', section);
const body = find('tbody', section);
const more = find('.more', section);
let next = null;

export function start() {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(create);
  });
  more.addEventListener('click', () => attempt(() => list(next)));
  attempt(() => list(null));
}

async function attempt(action) {
  const problem = find('.problem', section);
  setText(problem, '');
  try {
    await action();
  } catch (e) {
    setText(problem, e.message);
  }
}

/** Appends a page of the list, or begins it anew. */
async function list(after) {
  const query = after ? `&after=${encodeURIComponent(after)}` : '';
  const page = await send('GET', `/keys?limit=${PAGE}${query}`);
  const rows = page.keys.map(row);
  if (after) {
    body.append(...rows);
  } else {
    body.replaceChildren(...rows);
  }
  next = page.next;
  more.hidden = next === null;
  find('table', section).hidden = body.rows.length === 0;
}

async function create() {
  const { name, perMinute } = form.elements;
  const limit = perMinute.value ? { perMinute: Number(perMinute.value) } : {};
  const key = await send('POST', '/keys', { name: name.value, ...limit });
  form.reset();
  showSecret(key);
  await list(null);
}

function showSecret({ name, key }) {
  const block = find('.secret', section);
  const label = `The secret of ${name}`;
  const field = make('input', { readOnly: true, value: key, 'aria-label': label });
  const copy = make('button', { type: 'button' }, 'Copy');
  const done = make('button', { type: 'button' }, 'Hide it for good');
  copy.addEventListener('click', async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(key);
      setText(copy, 'Copied');
    } catch {
      setText(copy, 'Press Ctrl+C');
    }
  });
  done.addEventListener('click', () => {
    block.replaceChildren();
    form.elements.name.focus();
  });
  block.replaceChildren(
    make('p', {}, `The key of ${name}, which is shown this once and stored nowhere:`),
    make('div', { className: 'row' }, field, copy, done),
  );
  field.focus();
  field.select();
}

function row({ id, name, perMinute, createdAt, revokedAt }) {
  const limit = perMinute === null ? 'as for all' : `${count(perMinute)} a minute`;
  const state = revokedAt
    ? make('span', { className: 'pill' }, `revoked ${dateTime(revokedAt)}`)
    : make('span', { className: 'pill good' }, 'works');
  return make(
    'tr',
    { 'data-key': id },
    make('th', { scope: 'row', 'data-label': 'Name' }, name),
    make('td', { 'data-label': 'Limit' }, limit),
    make('td', { 'data-label': 'Created' }, dateTime(createdAt)),
    make('td', { 'data-label': 'State' }, state),
    make('td', { className: 'actions' }, ...(revokedAt ? [] : [revoke(id, name)])),
  );
}

function revoke(id, name) {
  const button = make('button', { type: 'button', 'aria-label': `Revoke ${name}` }, 'Revoke');
  button.addEventListener('click', () =>
    attempt(async () => {
      if (await confirm(`Revoke ${name}? Its requests are refused from then on.`, 'Revoke')) {
        await send('DELETE', `/keys/${id}`);
        await list(null);
      }
    }),
  );
  return button;
}

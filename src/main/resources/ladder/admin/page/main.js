// The page: one stream of snapshots, which each part shows in its own way.

import { connect } from '/assets/feed.js';
import { clockTime } from '/assets/format.js';
import { find, make, setText } from '/assets/dom.js';
import * as keys from '/assets/keys.js';
import * as letters from '/assets/letters.js';
import * as rungs from '/assets/rungs.js';
import * as traffic from '/assets/traffic.js';
import * as verdict from '/assets/verdict.js';

const STATES = {
  live: 'live',
  lost: 'the node does not answer, trying again',
  full: 'too many look at this node, trying again in half a minute',
  out: 'signed out: reload the page to sign in',
};

function setState(state, at) {
  const connection = find('#connection');
  connection.className = state === 'live' ? 'live' : 'lost';
  setText(find('.text', connection), STATES[state]);
  connection.title = at ? `last figures at ${clockTime(at)}` : '';
}

/** What an operator must see first, in words. */
function setNotices({ answers, setup }) {
  const notices = [];
  if (!answers.database) {
    notices.push(['bad', 'Neither database answers: requests that need one get 503.']);
  }
  if (!answers.redis && (setup.rungs.cache || setup.rungs.limit)) {
    notices.push([
      'warn',
      'Redis does not answer: every read goes to the database, and this node limits alone.',
    ]);
  }
  const area = find('#notices');
  if (area.dataset.key !== JSON.stringify(notices)) {
    area.dataset.key = JSON.stringify(notices);
    area.replaceChildren(
      ...notices.map(([kind, text]) => make('p', { className: `notice ${kind}` }, text)),
    );
  }
}

keys.start();
letters.start();
connect({
  history: traffic.addHistory,
  state: setState,
  snapshot(snapshot) {
    setNotices(snapshot);
    for (const part of [verdict, traffic, rungs, letters]) {
      part.show(snapshot);
    }
  },
});

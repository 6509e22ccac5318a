// The stream of snapshots. It is closed while the page is hidden, so that nobody pays for it, and
// opened anew when the server asks, before it ends, so that no second is missed.

const RETRY_MILLIS = 3_000;
const FULL_RETRY_MILLIS = 30_000;

/**
 * Begins to receive.
 *
 * @param on.history called with the points that were taken before
 * @param on.snapshot called each second
 * @param on.state called with 'live', 'lost', 'full' or 'out' (signed out)
 */
export function connect(on) {
  let current = null;
  let timer = 0;
  let lastAt = 0;

  function open() {
    clearTimeout(timer);
    const source = new EventSource(`/events?since=${lastAt}`);
    const replaced = current;
    current = source;
    source.addEventListener('history', (event) => {
      replaced?.close();
      on.history(JSON.parse(event.data));
    });
    source.addEventListener('snapshot', (event) => {
      const snapshot = JSON.parse(event.data);
      lastAt = snapshot.at;
      on.state('live');
      on.snapshot(snapshot);
    });
    source.addEventListener('renew', () => {
      if (source === current) {
        open();
      }
    });
    source.addEventListener('full', () => stop(source, 'full', FULL_RETRY_MILLIS));
    source.addEventListener('error', () => {
      if (source !== current) {
        source.close();
      } else if (source.readyState === EventSource.CLOSED) {
        refused(source);
      } else {
        stop(source, 'lost', RETRY_MILLIS);
      }
    });
  }

  /** The server answered, and not with a stream: most likely the session is over. */
  async function refused(source) {
    const answer = await fetch('/stats', { method: 'HEAD' }).catch(() => null);
    stop(source, answer?.status === 401 ? 'out' : 'lost', RETRY_MILLIS);
  }

  function stop(source, state, retryMillis) {
    source.close();
    if (source === current) {
      current = null;
      on.state(state);
      clearTimeout(timer);
      if (state !== 'out' && !document.hidden) {
        timer = setTimeout(open, retryMillis);
      }
    }
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      clearTimeout(timer);
      current?.close();
      current = null;
    } else if (!current) {
      open();
    }
  });
  open();
}

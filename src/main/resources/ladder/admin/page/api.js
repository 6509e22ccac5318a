// Requests to the admin listener. A refusal becomes an Error with the sentence that the answer has.

/** Sends a request, with a JSON body if there is one; resolves to the answer's JSON, or null. */
export async function send(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error('The node does not answer.');
  }
  if (answer.ok) {
    return answer.status === 204 ? null : answer.json();
  }
  throw new Error(await reason(answer));
}

async function reason(answer) {
  if (answer.status === 401) {
    return 'You are signed out: reload the page to sign in.';
  }
  try {
    const problem = await answer.json();
    const fields = (problem.errors ?? []).map((e) => `${e.field} ${e.message}`);
    return `${[problem.detail ?? problem.title, ...fields].join('; ')}.`;
  } catch {
    return `The node answered ${answer.status}.`;
  }
}

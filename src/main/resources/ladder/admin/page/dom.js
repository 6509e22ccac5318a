// The few things that all parts do to the document. Text goes in as text, never as HTML.

/** The first element that a selector finds. */
export const find = (selector, root = document) => root.querySelector(selector);

/** A new element with these properties, and attributes such as "aria-label" or "class". */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) {
      element[name] = value;
    } else {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

/** Changes a text only when it differs, so that selections and screen readers are left alone. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/**
 * Writes rows of texts into the body of a table, cell by cell. The first cell of a row is its
 * heading.
 *
 * @param numeric which columns are aligned as numbers
 */
export function setRows(body, rows, numeric = []) {
  while (body.rows.length > rows.length) {
    body.deleteRow(-1);
  }
  rows.forEach((texts, y) => {
    const row = body.rows[y] ?? body.insertRow();
    while (row.cells.length > texts.length) {
      row.deleteCell(-1);
    }
    texts.forEach((text, x) => {
      if (!row.cells[x]) {
        const cell = x === 0 ? make('th', { scope: 'row' }) : make('td');
        cell.classList.toggle('n', numeric.includes(x));
        row.append(cell);
      }
      setText(row.cells[x], text);
    });
  });
}

/** A table with these column headings, whose first column has none of its own when it is ''. */
export function makeTable(caption, headings, numeric = []) {
  const cells = headings.map((text, x) =>
    make('th', { scope: 'col', className: numeric.includes(x) ? 'n' : '' }, text),
  );
  const body = make('tbody');
  const table = make(
    'table',
    {},
    make('caption', { className: 'sr' }, caption),
    make('thead', {}, make('tr', {}, ...cells)),
    body,
  );
  return { table, set: (rows) => setRows(body, rows, numeric) };
}

/** Asks before something that cannot be undone; resolves to whether it shall be done. */
export function confirm(question, action) {
  const dialog = find('#confirm');
  setText(find('p', dialog), question);
  setText(find('.danger', dialog), action);
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

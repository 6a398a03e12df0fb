/** The only script of a report: sorts the table by the column whose head is pressed. */

/** Runs in the browser. Rows without a value come last, and the baselines stay on top: all others are read against them. */
export const SORTING_SCRIPT = `
for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const order = (a, b) => (Number.isNaN(a - b) ? String(a).localeCompare(String(b), 'en', { numeric: true }) : a - b);
  const sort = (column, sign) => {
    const value = (row) => row.cells[column].dataset.value;
    const rows = [...body.rows].sort((a, b) =>
      b.classList.contains('baseline') - a.classList.contains('baseline') ||
      (value(a) === '') - (value(b) === '') ||
      sign * order(value(a), value(b)));
    body.append(...rows);
  };
  heads.forEach((head, column) => {
    head.querySelector('button')?.addEventListener('click', () => {
      const now = head.getAttribute('aria-sort');
      const first = head.dataset.first ?? 'ascending';
      const other = first === 'ascending' ? 'descending' : 'ascending';
      const next = now === first ? other : first;
      for (const each of heads) each.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', next);
      sort(column, next === 'ascending' ? 1 : -1);
    });
  });
}
`;

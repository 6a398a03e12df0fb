/** What was measured, as tables for people; the widest form that fits. */
import { geometricMean } from './timing.mjs';

/**
 * A table of one kind of work: a line for each row, and the geometric mean and the least of each ratio where there are
 * several rows. Times are of the first side, best and median; others also as their best over its best.
 */
export function ratioTable(title, rows, sides, width) {
  for (const detail of ['medians', 'bests', 'ratios']) {
    const lines = align(cells(title, rows, sides, detail));
    if (detail === 'ratios' || Math.max(...lines.map((line) => line.length)) <= width) return lines;
  }
}

function cells(title, rows, sides, detail) {
  const [own, ...others] = sides.filter(({ id }) => rows.some(({ results }) => id in results));
  const table = [[title, `${own.title}${unitOf(detail)}`, ...others.map((side) => side.title)]];
  for (const { shape, operations, results } of rows) {
    const base = results[own.id];
    const speed = operations === undefined ? '' : ` ${(operations / base.bestUs / 1000).toFixed(1)} GF/s`;
    table.push([
      shape,
      time(base, detail === 'ratios' ? 'bests' : detail) + speed,
      ...others.map(({ id }) => {
        const result = results[id];
        if (result === undefined) return '';
        if (result.wrong) return `wrong: ${result.error.toExponential(0)}`;
        const ratio = format(ratioOf(results, id, own.id));
        return detail === 'ratios' ? ratio : `${time(result, detail)} ${ratio}`;
      }),
    ]);
  }
  if (rows.length > 1) {
    const ratios = others.map(({ id }) =>
      rows.map(({ results }) => ratioOf(results, id, own.id)).filter(Number.isFinite),
    );
    table.push([
      'geometric mean',
      '',
      ...ratios.map((some) => (some.length > 0 ? format(geometricMean(some)) : '')),
    ]);
    table.push(['least', '', ...ratios.map((some) => (some.length > 0 ? format(Math.min(...some)) : ''))]);
  }
  return table;
}

/** Best over best: how many times as long a side takes as ours. NaN where it did not take part. */
export function ratioOf(results, id, own) {
  return (results[id]?.bestUs ?? Number.NaN) / results[own].bestUs;
}

function unitOf(detail) {
  return detail === 'medians' ? ' best/median' : '';
}

function time({ bestUs, medianUs }, detail) {
  const [factor, unit] = bestUs < 1000 ? [1, 'µs'] : bestUs < 1e6 ? [1e-3, 'ms'] : [1e-6, 's'];
  const texts = (detail === 'medians' ? [bestUs, medianUs] : [bestUs]).map((value) => digits(value * factor));
  return `${texts.join('/')} ${unit}`;
}

/** Three significant digits. */
export function digits(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function format(ratio) {
  return `${ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(2)}×`;
}

/** Lines of a table: the first column to the left, all others to the right. */
export function align(table) {
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}

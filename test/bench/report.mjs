/** What was measured, as text for people. */
import { geometricMean } from './timing.mjs';

/**
 * A table of one kind of work, in the widest form that fits: a line for each row, then the geometric mean and the least
 * of the ratios. Of the first side it shows the best and the median time; of the others also their best over its best.
 */
export function ratioTable(title, rows, sides, width) {
  const forms = ['medians', 'bests', 'ratios'].map((detail) =>
    align(cells(title, rows, sides, detail), detail === 'ratios' ? ' ' : '  '),
  );
  return forms.find((lines) => Math.max(...lines.map((line) => line.length)) <= width) ?? forms.at(-1);
}

function cells(title, rows, sides, detail) {
  const [own, ...others] = sides.filter(({ id }) => rows.some(({ results }) => id in results));
  const table = [
    [
      title,
      detail === 'medians' ? `${own.title} best/median` : own.title,
      ...others.map(({ title }) => title),
    ],
  ];
  for (const { shape, operations, results } of rows) {
    const base = results[own.id];
    const speed =
      operations === undefined || detail === 'ratios'
        ? ''
        : ` ${digits(operations / base.bestUs / 1000)} GF/s`;
    table.push([
      shape,
      time(base, detail) + speed,
      ...others.map(({ id }) => {
        const result = results[id];
        if (result === undefined) return '';
        if (result.wrong) return `wrong: ${result.error.toExponential(0)}`;
        const ratio = format(result.bestUs / base.bestUs);
        return detail === 'ratios' ? ratio : `${time(result, detail)} ${ratio}`;
      }),
    ]);
  }
  if (rows.length > 1) {
    const summary = Object.values(summarise(rows, sides))[0];
    for (const [label, part] of [
      ['geo. mean', 'geometricMean'],
      ['least', 'least'],
    ]) {
      table.push([label, '', ...others.map(({ id }) => (summary[id] ? format(summary[id][part]) : ''))]);
    }
  }
  return table;
}

/** By task and side: geometric mean and least of its best times over those of the first side, and where that least is. */
export function summarise(rows, [own, ...others]) {
  const summary = {};
  for (const task of new Set(rows.map((row) => row.task))) {
    summary[task] = {};
    for (const { id } of others) {
      const ratios = rows
        .filter((row) => row.task === task && row.results[id]?.bestUs !== undefined)
        .map(({ shape, results }) => ({ shape, ratio: results[id].bestUs / results[own.id].bestUs }))
        .sort((a, b) => a.ratio - b.ratio);
      if (ratios.length === 0) continue;
      const [{ ratio: least, shape: at }] = ratios;
      summary[task][id] = { geometricMean: geometricMean(ratios.map(({ ratio }) => ratio)), least, at };
    }
  }
  return summary;
}

function time({ bestUs, medianUs }, detail) {
  const [factor, unit] = bestUs < 1000 ? [1, 'µs'] : bestUs < 1e6 ? [1e-3, 'ms'] : [1e-6, 's'];
  const texts = (detail === 'medians' ? [bestUs, medianUs] : [bestUs]).map((value) => digits(value * factor));
  return `${texts.join('/')} ${unit}`;
}

/** Three significant digits. */
function digits(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function format(ratio) {
  return `${ratio >= 100 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 10 ? 1 : 2)}×`;
}

/** Lines of a table: the first column to the left, all others to the right. */
function align(table, gap = '  ') {
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join(gap)
      .trimEnd(),
  );
}

/** Milliseconds of a fresh process, and the sizes of the modules. */
export function loadLines({ milliseconds, modules }) {
  const builds = Object.keys(milliseconds);
  const row = (title, part) => [
    title,
    ...builds.map((build) => {
      const { best, median } = milliseconds[build][part];
      return `${best.toFixed(1)}/${median.toFixed(1)} ms`;
    }),
  ];
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} kB`;
  return [
    ...align([
      ['fresh process, best/median', ...builds],
      row('import', 'importMs'),
      row('compile and probe', 'compileMs'),
      row('together', 'readyMs'),
      row('first penalty', 'firstPenaltyMs'),
    ]),
    '',
    ...align([
      ['module', 'size', 'gzipped'],
      ...Object.entries(modules).map(([name, { bytes, gzippedBytes }]) => [
        name,
        kilobytes(bytes),
        kilobytes(gzippedBytes),
      ]),
    ]),
  ];
}

/** What share of its limit each product reaches. */
export function peakLines({ peak, products }) {
  return align([
    ['of the micro-kernel alone', '', ...products.map(({ shape }) => shape)],
    ...Object.entries(peak).map(([id, limit]) => [
      id,
      `${digits(limit / 1e9)} GF/s`,
      ...products.map(({ operations, results }) => {
        const share = operations / (results[id].bestUs * 1e-6) / limit;
        return `${(share * 100).toFixed(0)} %`;
      }),
    ]),
  ]);
}

/** Time and memory of whole sweeps. */
export function sweepLines({ trials, workers, ...sides }) {
  const best = (footprints, part) => Math.min(...footprints.map((footprint) => footprint[part]));
  const parts = [
    ['wall time', 'seconds', 's'],
    ['processor time', 'processorSeconds', 's'],
    ['memory, shared pages once', 'proportionalMb', 'MB'],
    ['memory, sum of resident', 'residentMb', 'MB'],
  ].filter(([, part]) => sides.covgrad[0][part] !== undefined);
  const [first, ...others] = Object.keys(sides);
  return align([
    [`sweep, ${trials} trials, ${workers} workers`, first, ...others],
    ...parts.map(([title, part, unit]) => {
      const own = best(sides[first], part);
      const show = (value) => `${digits(value)} ${unit}`;
      return [
        title,
        show(own),
        ...others.map((side) => {
          const value = best(sides[side], part);
          return `${show(value)} ${(value / own).toFixed(2)}×`;
        }),
      ];
    }),
  ]);
}

/** What the second thread is worth. */
export function threadLines({ trials, oneThreadSeconds, twoThreadsSeconds, speedUp }) {
  return [
    `sweep of ${trials} trials: best ${Math.min(...oneThreadSeconds).toFixed(2)} s on one thread, ` +
      `${Math.min(...twoThreadsSeconds).toFixed(2)} s on two; median speed-up ${speedUp.toFixed(2)}`,
  ];
}

/** The README and the pages in docs/: their links lead somewhere, their sweeps are valid, and their tables are complete. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import yargs from 'yargs';
import { COMMANDS } from '../src/cli/commands.ts';
import { sweepFileJsonSchema } from '../src/config/json-schema.ts';
import { parseSweepConfig } from '../src/config/load.ts';
import { FOREIGN_KEYS } from '../src/config/notes.ts';
import { CROSS_PENALTIES, PENALTIES } from '../src/kernel/catalogue.ts';
import { METRICS } from '../src/metrics/metrics.ts';
import { LAYER_KINDS } from '../src/network/layers.ts';
import { planSweep } from '../src/plan/plan.ts';

const ROOT = new URL('..', import.meta.url).pathname;

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

const DOCS = readdirSync(join(ROOT, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);

/** The names by which links reach the headings of a page. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The blocks of YAML in a page. */
function yamlOf(path: string): string[] {
  return [...read(path).matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = '']) => block);
}

/** A cell of a table, in which a bar would end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

describe('every link leads somewhere:', () => {
  test.each(['README.md', 'CONTRIBUTING.md', 'assembly/README.md', ...DOCS])('%s', (page) => {
    const links = [...read(page).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
    for (const [link, path = '', anchor] of links) {
      const target = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
      expect(existsSync(join(ROOT, target)), `${link} in ${page}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(read(target)), `${link} in ${page}`).toContain(anchor);
    }
  });

  test('all pages can be reached from the README', () => {
    for (const page of DOCS) expect(read('README.md')).toContain(`](${page})`);
  });
});

describe('the sweeps in the pages are valid:', () => {
  test('that of the README, which trains three penalties at three weights beside the baseline', () => {
    const [sweep = ''] = yamlOf('README.md');
    expect(planSweep(parseSweepConfig(sweep, 'README.md')).points).toBe(10);
  });

  test('the sections of docs/sweeps.md, in every combination', () => {
    const blocks = yamlOf('docs/sweeps.md');
    const [experiment = '', ...sweeps] = blocks;
    expect(experiment).toMatch(/^experiment:/m);
    expect(sweeps).toHaveLength(2);
    for (const sweep of sweeps) {
      expect(() => parseSweepConfig(experiment + sweep, 'docs/sweeps.md')).not.toThrow();
    }
  });
});

describe('nothing is missing in', () => {
  test('docs/penalties.md: every penalty with its formula and defaults', () => {
    const page = read('docs/penalties.md');
    for (const { id, formula, centered, ddof, degree, parameters } of [...PENALTIES, ...CROSS_PENALTIES]) {
      const defaults = parameters.map((parameter) => `${parameter.name} ${parameter.default}`).join(', ');
      const cells = [`\`${id}\``, cell(formula), centered ? 'yes' : 'no', ddof === 0 ? 'n' : 'n − 1'];
      expect(page).toContain(`| ${[...cells, degree ?? '—', defaults].join(' | ')} |\n`);
      expect(read('README.md')).toContain(`\`${id}\``);
    }
  });

  test('docs/comparing.md: every metric with its formula and goal', () => {
    const better = { minimize: 'less', maximize: 'more', none: '' };
    for (const { name, formula, goal } of METRICS) {
      const row = read('docs/comparing.md')
        .split('\n')
        .find((line) => line.startsWith(`| \`${name}\` |`));
      expect(row, name).toContain(`| ${cell(formula)} | ${better[goal]}`);
    }
  });

  test('docs/layers.md: every kind of layer with what it does', () => {
    const page = read('docs/layers.md');
    for (const { key, summary } of LAYER_KINDS) expect(page).toContain(`| \`${key}\` | ${summary} |`);
  });

  test('the pages: every key of a sweep file', () => {
    const keys = new Set<string>();
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties') for (const name of Object.keys(value)) keys.add(name);
        visit(value);
      }
    };
    visit(sweepFileJsonSchema());
    for (const foreign of FOREIGN_KEYS.values()) for (const name of foreign) keys.delete(name);
    const pages = DOCS.map(read).join('\n');
    expect([...keys].filter((key) => !new RegExp(`[\`{ ]${key}\\b`).test(pages))).toEqual([]);
  });

  test('the pages: every option of every command', async () => {
    const pages = DOCS.map(read).join('\n');
    const missing: string[] = [];
    for (const { command, builder } of COMMANDS) {
      const parser = yargs([]);
      if (typeof builder === 'function') await builder(parser);
      // Public in yargs, but its types leave it out.
      const { key } = (parser as unknown as { getOptions(): { key: object } }).getOptions();
      const others = ['help', 'version', ...String(command).match(/\w+/g)!];
      for (const option of Object.keys(key)) {
        const isOption = option.length > 1 && !others.includes(option);
        if (isOption && !pages.includes(`--${option}`)) missing.push(`${command}: --${option}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

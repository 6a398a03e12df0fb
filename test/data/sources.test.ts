/** What every source has: the common keys, a page, and no key of another's meaning. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMON_OPTIONS } from '../../src/data/common-options.ts';
import { SOURCE_SECTIONS, SOURCES, sourceOf } from '../../src/data/sources.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'data.md'), 'utf8');

describe.each(SOURCES.map((source, at) => [source.name, source, SOURCE_SECTIONS[at]!] as const))(
  'the source %s',
  (name, source, section) => {
    test('is found by its name, which no other has', () => {
      expect(sourceOf({ source: name })).toBe(source);
      expect(SOURCES.filter((other) => other.name === name)).toHaveLength(1);
    });

    test('has a row in docs/data.md, and a section with an example', () => {
      expect(PAGE).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
      expect(PAGE).toMatch(new RegExp(`^### ${name}\\n\\n\`\`\`yaml\\ndata:[^\`]*source: ${name}\\b`, 'm'));
    });

    test('has the keys that all have, described, and every key of its own in docs/data.md', () => {
      expect(Object.keys(section.shape)).toEqual(expect.arrayContaining(Object.keys(COMMON_OPTIONS)));
      for (const key of Object.keys(source.section.shape)) expect(PAGE).toContain(`\`${key}\``);
    });
  },
);

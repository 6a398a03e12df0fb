/** What is published: what the package promises, and nothing that only its makers need. */
import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

function packedFiles(): string[] {
  const listing = execSync('npm pack --dry-run --json --ignore-scripts', { cwd: root, encoding: 'utf8' });
  return [...listing.matchAll(/"path": "([^"]+)"/g)].map(([, path]) => path as string);
}

/** The files in a mapping of `package.json`, however nested. */
function targetsIn(value: unknown): string[] {
  return typeof value === 'string' ? [value] : Object.values(value as object).flatMap(targetsIn);
}

/** Where the links of a page lead, from the root of the package; pages elsewhere are left out. */
function linkedFiles(page: string): string[] {
  return [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!\w+:)([^)#\s]+)[^)]*\)/g)].map(
    ([, path = '']) => posix.join(posix.dirname(page), path),
  );
}

test('every link of the README and of the pages leads to a file that is published as well', () => {
  const files = packedFiles();
  const pages = files.filter((path) => path.endsWith('.md'));
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/sweeps.md', 'assembly/README.md']));
  expect(linkedFiles('README.md')).toEqual(expect.arrayContaining(['docs/report.png', 'SECURITY.md']));
  for (const page of pages) {
    expect(
      linkedFiles(page).filter((path) => !files.includes(path)),
      page,
    ).toEqual([]);
  }
});

test('every file that package.json names is published, and no state of the build and no test is', () => {
  const files = packedFiles();
  const { bin, exports } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  const named = [bin, exports].flatMap(targetsIn);
  expect(named).toContain('./dist/cli/main.js');
  expect(named.filter((path) => !files.includes(path.slice(2)))).toEqual([]);
  expect(files.filter((path) => /tsbuildinfo|\.map$|test|runs\/|covgrad-kernel/.test(path))).toEqual([]);
});

/** A folder served to headless Chromium, until the page has sent its report. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, extname, join, normalize, resolve } from 'node:path';

const TIMEOUT_MS = 60_000;
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * What the page at `path` of the folder posts to /report; each call has a new browser profile at `profilePrefix`.
 *
 * Errors: when no browser is found, and when the page posts nothing within a minute.
 */
export async function reportOf(folder, path, profilePrefix) {
  const chromium = findChromium();
  let arrived;
  const report = new Promise((resolve) => {
    arrived = resolve;
  });
  const server = createServer((request, response) => respond(folder, request, response, arrived));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/${path}`;
  const profile = `--user-data-dir=${mkdtempSync(profilePrefix)}`;
  const browser = spawn(chromium, [...FLAGS, profile, url], { stdio: 'ignore' });
  const ended = new Promise((resolve) => browser.once('close', resolve));
  let timer;
  try {
    const late = new Promise((_, reject) => {
      const message = `${path} must send a report within ${TIMEOUT_MS} ms, got none`;
      timer = setTimeout(() => reject(new Error(message)), TIMEOUT_MS);
    });
    return JSON.parse(await Promise.race([report, late]));
  } finally {
    clearTimeout(timer);
    browser.kill();
    await ended;
    server.close();
    server.closeAllConnections();
  }
}

/** The browser's path: $CHROMIUM, or one of the usual names on the PATH. */
export function findChromium() {
  const names = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = names.filter(Boolean).flatMap((name) => folders.map((folder) => resolve(folder, name)));
  const found = paths.find((path) => existsSync(path) && spawnSync(path, ['--version']).status === 0);
  if (found === undefined) throw new Error('no Chromium was found. Install it, or set CHROMIUM to its path.');
  return found;
}

function respond(folder, request, response, arrived) {
  if (request.method === 'POST') {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      response.end();
      arrived(Buffer.concat(parts).toString());
    });
    return;
  }
  const { pathname } = new URL(request.url, 'http://localhost');
  try {
    const body = readFileSync(join(folder, normalize(decodeURIComponent(pathname))));
    response.setHeader('content-type', TYPES[extname(pathname)] ?? 'application/octet-stream');
    response.end(body);
  } catch {
    response.statusCode = 404;
    response.end();
  }
}

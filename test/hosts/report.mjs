/** A report as its readers see it: in Chromium, at the width of a desktop and of a phone, light and dark. */
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { findChromium } from './chromium.mjs';

const VIEWS = [
  { width: 1400, height: 900, colorScheme: 'light' },
  { width: 1400, height: 900, colorScheme: 'dark' },
  { width: 360, height: 740, colorScheme: 'light' },
  { width: 360, height: 740, colorScheme: 'dark' },
];

/** Errors: where a view of the file shows a defect; the message names all of them. */
export async function checkReport(file) {
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
  try {
    const defects = [];
    for (const view of VIEWS) {
      const found = await examine(browser, pathToFileURL(file).href, view);
      defects.push(...found.map((defect) => `${view.width} px, ${view.colorScheme}: ${defect}`));
    }
    if (defects.length > 0) throw new Error(defects.join('\n'));
  } finally {
    await browser.close();
  }
}

async function examine(browser, url, { width, height, colorScheme }) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  const defects = [];
  const expect = (claim, holds) => holds || defects.push(`not true: ${claim}`);
  page.on('console', (message) => defects.push(`the console says: ${message.text()}`));
  page.on('pageerror', (error) => defects.push(`an error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:'))
      defects.push(`requests ${request.url()}`);
  });
  await page.goto(url);
  const seen = await page.evaluate(look);
  expect(`nothing is wider than the page (${seen.wide.join(', ')})`, seen.wide.length === 0);
  expect('the page does not scroll sideways', seen.scrollWidth <= width);
  expect('the page is as light or dark as asked for', seen.dark === (colorScheme === 'dark'));
  expect('every section is there', seen.sections === 7);
  expect('pictures are visible', seen.pictures > 10 && seen.empty === 0);
  expect('writing in pictures is at least 9 px high', seen.smallest >= 9);
  for (const [key, direction] of [
    ['Enter', 'descending'],
    ['Space', 'ascending'],
  ]) {
    const { sorted, values, first } = await sortByKey(page, key);
    const sign = direction === 'ascending' ? 1 : -1;
    expect(`${key} sorts ${direction}`, sorted === direction);
    expect(
      `rows are ${direction}`,
      values.length > 3 && values.every((value, i) => i === 0 || sign * (value - values[i - 1]) >= 0),
    );
    expect('the baseline stays on top', first === 'none');
  }
  await page.close();
  return defects;
}

/** Presses the head of the column with the accuracy, as one does who has no mouse. */
async function sortByKey(page, key) {
  const head = page.locator('th', { hasText: /^accuracy/ });
  await head.locator('button').focus();
  await page.keyboard.press(key);
  return {
    sorted: await head.getAttribute('aria-sort'),
    ...(await head.evaluate(({ cellIndex }) => {
      const rows = [...document.querySelectorAll('.sortable tbody tr')];
      return {
        first: rows[0].cells[1].dataset.value,
        values: rows
          .slice(1)
          .flatMap(({ cells }) => cells[cellIndex].dataset.value || [])
          .map(Number),
      };
    })),
  };
}

/** Runs in the page. */
function look() {
  const outside = (element) => {
    const { right, width } = element.getBoundingClientRect();
    return width > 0 && right > innerWidth + 1 && element.closest('.scroll, svg') === null;
  };
  const shown = (element) => element.checkVisibility();
  const pictures = [...document.querySelectorAll('main svg')].filter(shown);
  const heights = [...document.querySelectorAll('main svg text')]
    .filter((text) => shown(text) && text.textContent.trim() !== '')
    .map((text) => Number.parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a);
  const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
  return {
    scrollWidth: document.documentElement.scrollWidth,
    wide: [...document.querySelectorAll('body *')]
      .filter(outside)
      .map(({ tagName, className }) => `${tagName} ${className}`),
    dark: red + green + blue < 3 * 128,
    sections: document.querySelectorAll('h2').length,
    pictures: pictures.length,
    empty: pictures.filter((picture) => picture.getBoundingClientRect().width === 0).length,
    smallest: Math.min(...heights),
  };
}

/** Draws plots as SVG with Observable Plot, on a document of linkedom: both are optional packages, loaded when needed. */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as PlotPackage from '@observablehq/plot';
import { CovgradError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { type Html, trusted } from './html.ts';

const PACKAGES = ['@observablehq/plot', 'linkedom'] as const;
/** Plot would write a style sheet into each picture; the page has one for all. */
const CLASS_NAME = 'plot';

/** What a picture shows, in words, for those who do not see it. */
export interface Description {
  readonly title: string;
  readonly description: string;
}

/** The library and how its plots become part of a page. */
export interface Plotter {
  readonly Plot: typeof PlotPackage;
  /** A plot as an image with a title and a description. */
  draw(options: PlotPackage.PlotOptions, description: Description): Html;
  /** A plot that says nothing which the text beside it does not say. */
  ornament(options: PlotPackage.PlotOptions): Html;
}

/**
 * Loads the packages, searched from the working directory first (covgrad may be installed elsewhere), then from
 * covgrad's own place.
 *
 * Errors: CovgradError `REPORT_PACKAGES_MISSING` with the command that installs them.
 */
export async function loadPlotter(
  origins: readonly string[] = [resolve('package.json'), import.meta.url],
): Promise<Plotter> {
  const [plotPath, domPath] = findPackages(origins);
  const Plot = (await import(pathToFileURL(plotPath).href)) as typeof PlotPackage;
  const { parseHTML } = createRequire(import.meta.url)(domPath) as { parseHTML(text: string): Window };
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  let pictures = 0;

  const plot = (options: PlotPackage.PlotOptions): SVGSVGElement => {
    pictures += 1;
    const svg = Plot.plot({ ...options, document, className: CLASS_NAME, figure: false }) as SVGSVGElement;
    for (const style of svg.querySelectorAll('style')) style.remove();
    renameClips(svg, `clip-${pictures}`);
    return svg;
  };
  const label = (svg: SVGSVGElement, name: 'title' | 'desc', text: string): string => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    element.id = `${name}-${pictures}`;
    element.textContent = printable(text);
    svg.prepend(element);
    return element.id;
  };
  return {
    Plot,
    draw(options, { title, description }) {
      const svg = plot(options);
      const described = label(svg, 'desc', description);
      const labelled = label(svg, 'title', title);
      svg.setAttribute('role', 'img');
      svg.setAttribute('aria-labelledby', labelled);
      svg.setAttribute('aria-describedby', described);
      return trusted(svg.outerHTML);
    },
    ornament(options) {
      const svg = plot(options);
      svg.setAttribute('aria-hidden', 'true');
      return trusted(svg.outerHTML);
    },
  };
}

/** Plot counts its clip paths over the life of the process; the same report is to have the same names each time. */
function renameClips(svg: SVGSVGElement, prefix: string): void {
  const clips = [...svg.querySelectorAll('clipPath')];
  const names = new Map(clips.map((clip, index) => [`url(#${clip.id})`, `${prefix}-${index}`]));
  for (const user of svg.querySelectorAll('[clip-path]')) {
    const name = names.get(user.getAttribute('clip-path') ?? '');
    if (name !== undefined) user.setAttribute('clip-path', `url(#${name})`);
  }
  for (const clip of clips) clip.id = names.get(`url(#${clip.id})`) ?? clip.id;
}

function findPackages(origins: readonly string[]): readonly [string, string] {
  for (const origin of origins) {
    const { resolve: find } = createRequire(origin);
    try {
      return [find(PACKAGES[0]), find(PACKAGES[1])];
    } catch {
      // Not to be found from here: the next origin may know them.
    }
  }
  const names = PACKAGES.join(' ');
  throw new CovgradError(
    'REPORT_PACKAGES_MISSING',
    `report: the packages ${PACKAGES.join(' and ')} (16 MB) must be installed, got no such packages. Run: npm install ${names}`,
    { packages: PACKAGES, origins },
  );
}

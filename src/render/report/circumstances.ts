/** How a run came about: its configuration, and the exact environment in which it was trained. */
import { stringify } from 'yaml';
import type { RunInput } from '../../compare/compare.ts';
import { describeSizes } from '../data.ts';
import { formatCount } from '../number.ts';
import { type Content, html } from './html.ts';

/** One run. */
export function drawCircumstances({ name, manifest }: RunInput): Content {
  const { covgrad, node, cpu, threads, startedAt, kernel, data, otherData = [], config } = manifest;
  const facts: [string, string][] = [
    ['started', startedAt],
    ['covgrad', covgrad],
    ['kernel', kernel.variant],
    ['SHA-256 of the kernel', kernel.sha256 ?? 'none: the reference is no binary'],
    ...(kernel.tile === undefined ? [] : [['tile of its products', kernel.tile] as [string, string]]),
    ['Node', node],
    ['processor', cpu],
    ['threads', String(threads)],
    ...[data, ...otherData].flatMap((each): [string, string][] => [
      ['data', `${each.name}: ${describeSizes(each)}`],
      ['fingerprint of the data', each.fingerprint],
    ]),
    ['trials planned', formatCount(manifest.trials.length)],
  ];
  return html`<section><h3>${name}</h3>
<dl>${facts.map(([term, fact]) => html`<div><dt>${term}</dt><dd>${fact}</dd></div>`)}</dl>
<details><summary>Configuration, with all defaults</summary><div class="scroll" tabindex="0" role="region" aria-label="Configuration of ${name}"><pre>${stringify(config)}</pre></div></details></section>`;
}

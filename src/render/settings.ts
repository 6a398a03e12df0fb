/** An experiment as dotted paths and values. */

import { printable } from '../printable.ts';
import { flattenSetting } from '../record/settings.ts';
import { formatSetting } from './number.ts';
import type { PictureStyle } from './style.ts';
import { pad, truncate, widest } from './text.ts';

/** One line a setting; those that `swept` names have a star, since they tell a point from the others. */
export function settingLines(
  tree: unknown,
  swept: readonly string[],
  { width, colors }: PictureStyle,
): string[] {
  const settings = flattenSetting('', tree)
    .filter(([, value]) => value !== undefined)
    .map(([path, value]) => ({ path, name: printable(path), value: printable(formatSetting(value)) }));
  const names = widest(settings.map(({ name }) => name));
  return settings.map(({ path, name, value }) => {
    const mark = swept.some((each) => path === each || path.startsWith(`${each}.`)) ? '*' : ' ';
    const line = truncate(`${mark} ${pad(name, names, 'left')}  ${value}`, width);
    return mark === '*' ? colors.cyan(line) : line;
  });
}

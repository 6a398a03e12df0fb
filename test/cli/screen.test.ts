import { expect, test } from 'vitest';
import { enterScreen } from '../../src/cli/screen.ts';

/** What a terminal is told: the screen that is left is the one that was entered, with its cursor. */
test('a screen brings back what was there before, once, and draws nothing afterwards', () => {
  const written: string[] = [];
  const screen = enterScreen((text) => written.push(text));
  screen.draw(['one', 'two']);
  screen.leave();
  screen.leave();
  screen.draw(['three']);
  expect(written).toEqual([
    '\u001b[?1049h\u001b[?25l',
    '\u001b[Hone\u001b[K\r\ntwo\u001b[K\u001b[J',
    '\u001b[?25h\u001b[?1049l',
  ]);
});

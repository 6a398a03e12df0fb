import { expect, test } from 'vitest';
import { outlivesTerminal } from '../../src/cli/hangup.ts';

const WITH_TERMINAL = '4242 (a (b) c) S 1 4242 4242 34816 4242 4194304 1';
const WITHOUT = '4242 (node) S 1 4242 4242 0 -1 4194304 1';
const READABLE = 'pos:\t0\nflags:\t0100000\nmnt_id:\t14\n';
const NULL_FOR_WRITING = 'pos:\t0\nflags:\t0100001\nmnt_id:\t14\n';

test.each([
  ['a program on its terminal', WITH_TERMINAL, READABLE, true, false],
  ['under nohup, whose input can only be written', WITH_TERMINAL, NULL_FOR_WRITING, false, true],
  ['under nohup, with all streams elsewhere', WITH_TERMINAL, READABLE, false, true],
  ['a service without a terminal', WITHOUT, READABLE, false, false],
  ['a system that tells nothing', '', '', false, false],
])('%s', (_, stat, input, shown, expected) => {
  expect(outlivesTerminal({ stat, input, shown })).toBe(expected);
});

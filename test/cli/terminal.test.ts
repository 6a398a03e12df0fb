import { describe, expect, test } from 'vitest';
import { outputStyle } from '../../src/cli/terminal.ts';

const PIPE = { isTerminal: false, columns: undefined, environment: {} };
const TERMINAL = { isTerminal: true, columns: 80, environment: {} };

describe('where the output goes', () => {
  test('a terminal gets a coloured table of its width', () => {
    expect(outputStyle({ ...TERMINAL, columns: 132 })).toEqual({ table: true, width: 132, color: true });
  });

  test('a pipe gets plain lines without colour', () => {
    expect(outputStyle(PIPE)).toMatchObject({ table: false, color: false });
  });

  test('NO_COLOR turns colour off, and an empty one does not', () => {
    expect(outputStyle({ ...TERMINAL, environment: { NO_COLOR: '1' } })).toMatchObject({
      table: true,
      color: false,
    });
    expect(outputStyle({ ...TERMINAL, environment: { NO_COLOR: '' } }).color).toBe(true);
  });

  test('FORCE_COLOR makes a pipe like a terminal, FORCE_COLOR=0 refuses colour, NO_COLOR outweighs it', () => {
    expect(outputStyle({ ...PIPE, environment: { FORCE_COLOR: '1' } })).toEqual({
      table: true,
      width: 80,
      color: true,
    });
    expect(outputStyle({ ...TERMINAL, environment: { FORCE_COLOR: '0' } }).color).toBe(false);
    expect(outputStyle({ ...PIPE, environment: { FORCE_COLOR: '1', NO_COLOR: '1' } }).color).toBe(false);
  });

  test('a dumb terminal gets no colour', () => {
    expect(outputStyle({ ...TERMINAL, environment: { TERM: 'dumb' } }).color).toBe(false);
  });

  test('--width asks for a table anywhere, and a terminal that does not know its width has 80 columns', () => {
    expect(outputStyle(PIPE, 100)).toEqual({ table: true, width: 100, color: false });
    expect(outputStyle({ ...TERMINAL, columns: 0 }).width).toBe(80);
    expect(outputStyle({ ...TERMINAL, columns: undefined, environment: { COLUMNS: '95' } }).width).toBe(95);
  });
});

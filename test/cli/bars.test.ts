import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBarDisplay } from '../../src/cli/bars.ts';
import type { TrialSpec } from '../../src/record/trial-spec.ts';
import { sampleManifest, sampleRecord } from '../store/samples.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A terminal that keeps what is written to it. */
function createTerminal(
  columns: number,
  rows: number,
): { terminal: NodeJS.WriteStream; written: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const terminal = Object.assign(stream, { isTTY: true, columns, rows }) as unknown as NodeJS.WriteStream;
  return { terminal, written: () => text };
}

function lines(text: string): string[] {
  // Every move of the cursor begins a new line of the display.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is steered by them
  return text.split(/\u001b\[\d*[A-G]|\r|\n/).map((line) => stripVTControlCharacters(line).trimEnd());
}

const [spec] = sampleManifest().trials as [TrialSpec];
const named: TrialSpec = {
  ...spec,
  settings: { 'penalty.type': 'squared-correlation', 'penalty.weight': 0.001, 'training.batch_size': 128 },
};
const progress = {
  epoch: 12,
  epochs: 100,
  step: 30,
  steps: 100,
  loss: 0.012345,
  quality: { name: 'accuracy', value: 0.98765 },
};

test.each([60, 72, 80, 132])(
  'with %i columns no line wraps, and each running trial shows its state',
  (columns) => {
    const { terminal, written } = createTerminal(columns, 24);
    const display = createBarDisplay(terminal);
    display.show({ type: 'planned', manifest: sampleManifest(), concurrency: 2, finished: [], trials: 2 });
    display.show({ type: 'trialStarted', spec: named, attempt: 1 });
    vi.advanceTimersByTime(200);
    display.show({ type: 'trialProgress', spec: named, progress });
    vi.advanceTimersByTime(200);
    display.close();
    const drawn = lines(written());
    for (const line of drawn) expect(stringWidth(line)).toBeLessThan(columns);
    expect(drawn.some((line) => line.includes('0/2 trials'))).toBe(true);
    const trial = drawn.find((line) => line.includes('12/100'));
    expect(trial).toMatch(/^squared-/);
    expect(trial).toContain('loss 0.0123');
    expect(trial).toContain('98.77 %');
  },
);

test('a window of few rows shows as many trials as it holds', () => {
  const { terminal, written } = createTerminal(80, 6);
  const display = createBarDisplay(terminal);
  display.show({ type: 'planned', manifest: sampleManifest(), concurrency: 64, finished: [], trials: 2 });
  for (let trial = 0; trial < 64; trial += 1) {
    display.show({ type: 'trialStarted', spec: { ...spec, id: `trial-${trial}`, seed: trial }, attempt: 1 });
  }
  vi.advanceTimersByTime(200);
  display.close();
  expect(new Set(lines(written()).filter((line) => line.startsWith('seed'))).size).toBe(2);
});

test('a trial that diverged or failed leaves a line above the bars', () => {
  const { terminal, written } = createTerminal(80, 24);
  const display = createBarDisplay(terminal);
  display.show({ type: 'planned', manifest: sampleManifest(), concurrency: 1, finished: [], trials: 2 });
  display.show({ type: 'trialStarted', spec, attempt: 1 });
  const outcome = { status: 'diverged', epoch: 2, step: 7, reason: 'the loss is NaN' } as const;
  display.show({ type: 'trialFinished', spec, record: sampleRecord(0, { outcome }) });
  vi.advanceTimersByTime(200);
  display.close();
  expect(lines(written())).toContain('seed 0: diverged in epoch 2 at step 7: the loss is NaN');
});

test('a line that is longer than the terminal is broken between its words', () => {
  const { terminal, written } = createTerminal(30, 24);
  const display = createBarDisplay(terminal);
  display.show({ type: 'planned', manifest: sampleManifest(), concurrency: 1, finished: [], trials: 2 });
  display.note('pruned after epoch 1 with 0.4782, lost to another');
  vi.advanceTimersByTime(200);
  display.close();
  expect(lines(written())).toContain('pruned after epoch 1 with');
  expect(lines(written())).toContain('  0.4782, lost to another');
});

test('what is said last is not lost when it closes at once', () => {
  const { terminal, written } = createTerminal(80, 24);
  const display = createBarDisplay(terminal);
  display.show({ type: 'planned', manifest: sampleManifest(), concurrency: 1, finished: [], trials: 2 });
  vi.advanceTimersByTime(200);
  display.note('the last words');
  display.close();
  expect(lines(written())).toContain('the last words');
});

test('bars that have not changed are drawn again below what is said', () => {
  const { terminal, written } = createTerminal(80, 24);
  const display = createBarDisplay(terminal);
  display.show({ type: 'planned', manifest: sampleManifest(), concurrency: 1, finished: [], trials: 2 });
  vi.advanceTimersByTime(200);
  display.note('said above them');
  vi.advanceTimersByTime(200);
  expect(written().split('said above them')[1]).toContain('0/2 trials');
  display.close();
});

test('a window that becomes narrower is drawn from where its first broken line begins', () => {
  const { terminal, written } = createTerminal(120, 24);
  const display = createBarDisplay(terminal);
  display.show({ type: 'planned', manifest: sampleManifest(), concurrency: 2, finished: [], trials: 2 });
  display.show({ type: 'trialStarted', spec: named, attempt: 1 });
  display.show({ type: 'trialProgress', spec: named, progress });
  vi.advanceTimersByTime(200);
  const resize = (): string => {
    const before = written().length;
    terminal.emit('resize');
    return written().slice(before);
  };
  terminal.columns = 30;
  // Of 31 and 94 columns: they take 1 and 3 rows more. The display itself goes up by its 3 other lines.
  expect(resize().startsWith('\u001b[4A\u001b[3A')).toBe(true);
  expect(resize().startsWith('\u001b[3A')).toBe(true);
  display.close();
  expect(terminal.listenerCount('resize')).toBe(0);
});

test('Ctrl-C is left to the command, and a word that is too long to the terminal', () => {
  const listeners = process.listenerCount('SIGINT');
  const { terminal, written } = createTerminal(80, 24);
  const display = createBarDisplay(terminal);
  display.show({ type: 'planned', manifest: sampleManifest(), concurrency: 1, finished: [], trials: 2 });
  expect(process.listenerCount('SIGINT')).toBe(listeners);
  expect(written()).not.toContain('\u001b[?7l');
  display.close();
});

test('the cursor is shown again when it closes, even twice', () => {
  const { terminal, written } = createTerminal(80, 24);
  const display = createBarDisplay(terminal);
  display.show({ type: 'planned', manifest: sampleManifest(), concurrency: 1, finished: [], trials: 2 });
  display.close();
  display.close();
  display.note('afterwards');
  const text = written();
  expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'));
  expect(text.endsWith('afterwards\n')).toBe(true);
});

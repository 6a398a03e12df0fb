import { describe, expect, test } from 'vitest';
import { eventFile } from '../../src/export/event-file.ts';
import type { ExportedFile } from '../../src/export/target.ts';
import { tensorboardFiles } from '../../src/export/tensorboard.ts';
import { type DecodedEvent, decodeEventFile, longDivision } from './event-decoder.ts';
import { STARTED, sampleRun, TRIAL_NAMES } from './sample-run.ts';

const START_SECONDS = Date.parse(STARTED) / 1000;

function decodeAll(files: readonly ExportedFile[]): Map<string, DecodedEvent[]> {
  return new Map(files.map(({ path, content }) => [path, decodeEventFile(content() as Uint8Array)]));
}

function eventsOf(trial: string): DecodedEvent[] {
  const [, events] =
    [...decodeAll(tensorboardFiles(sampleRun()))].find(([path]) => path.includes(`-${trial}/`)) ?? [];
  return events ?? [];
}

function scalars(events: readonly DecodedEvent[]): [number, string, number | undefined][] {
  return events.flatMap(({ step, values }) =>
    values
      .filter(({ metadata }) => metadata.pluginData.pluginName === 'scalars')
      .map(({ tag, simpleValue }): [number, string, number | undefined] => [step, tag, simpleValue]),
  );
}

function hparams(events: readonly DecodedEvent[], tag: string): Record<string, unknown> {
  const value = events.flatMap(({ values }) => values).find((one) => one.tag === `_hparams_/${tag}`);
  return value?.hparams ?? {};
}

describe('TensorBoard event files', () => {
  test('the checksum of the tests agrees with the published example', () => {
    expect(longDivision(new Uint8Array(32))).toBe(0x8a9136aa);
  });

  test('a file is its version event, byte by byte', () => {
    // Length 24; its masked CRC-32C; wall_time 1.5, file_version; the masked CRC-32C of these.
    const event = '09000000000000f83f1a0d627261696e2e4576656e743a32';
    const hex = Buffer.from(eventFile(1500, [])).toString('hex');
    expect(hex.slice(0, 16)).toBe('1800000000000000');
    expect(hex.slice(24, -8)).toBe(event);
    expect(hex).toHaveLength(16 + 8 + event.length + 8);
    expect(decodeEventFile(Buffer.from(hex, 'hex'))).toEqual([
      { wallTime: 1.5, step: 0, fileVersion: 'brain.Event:2', values: [] },
    ]);
  });

  test('every flipped bit of a file is noticed by its checksums', () => {
    const bytes = Buffer.from(eventFile(1500, [{ time: 1, step: 1, values: [{ tag: 'a', number: 1 }] }]));
    for (let bit = 64; bit < bytes.length * 8; bit += 1) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => decodeEventFile(damaged)).toThrow();
    }
  });

  test('there is a file for each trial with a record and one for the experiment', () => {
    expect(tensorboardFiles(sampleRun()).map(({ path }) => path)).toEqual([
      'events.out.tfevents.1740823200.covgrad',
      ...TRIAL_NAMES.map((name) => `${name}/events.out.tfevents.1740823200.covgrad`),
    ]);
  });

  test('scalars have the step of their epoch, and step 0 is before training', () => {
    const single = Math.fround;
    expect(scalars(eventsOf('p1-s0'))).toEqual([
      [0, 'dense1/penalty', 4],
      [0, 'dense1/gradient-cosine', 0.25],
      [0, 'dense1/strength', 0.125],
      ...[1, 2].flatMap((epoch): [number, string, number][] => [
        [epoch, 'train/loss', single(1 / (1 + epoch))],
        [epoch, 'train/penalty', 1],
        [epoch, 'train/accuracy', 0.5],
        [epoch, 'test/loss', single(2 / (1 + epoch))],
        [epoch, 'test/accuracy', 0.75],
        [epoch, 'dense1/mean-abs-correlation', single(0.1 + 0.01 * epoch)],
        [epoch, 'dense1/penalty', 3],
        [epoch, 'dense1/strength', 0.5],
        [epoch, 'mean-abs-correlation', single(0.1 + 0.01 * epoch)],
      ]),
      [2, 'seconds', 8],
      [2, 'train-seconds', 6],
      [2, 'penalty/weight', 0.5],
      [2, 'peak-kernel-bytes', 65536],
      [2, 'dense1/permuted/mean-abs-correlation', 0.015625],
    ]);
  });

  test('epochs lie evenly between the start of a trial and its end', () => {
    expect(eventsOf('p1-s0').map(({ wallTime }) => wallTime - START_SECONDS)).toEqual([0, 0, 0, 4, 8, 8]);
  });

  test('a loss that is not a number stays one, and what was not measured is left out', () => {
    const values = scalars(eventsOf('p3-s0')).filter(([step]) => step === 2);
    expect(values).toContainEqual([2, 'train/loss', Number.NaN]);
    expect(values.map(([, tag]) => tag)).not.toContain('dense1/mean-abs-correlation');
    expect(values.map(([, tag]) => tag)).not.toContain('dense1/condition-number');
  });

  test('scalars and HParams have the class of data that their plug-ins read', () => {
    const values = eventsOf('p1-s0').flatMap((event) => event.values);
    for (const { metadata, tensor } of values) {
      const isHparams = metadata.pluginData.pluginName === 'hparams';
      expect(metadata.dataClass).toBe(isHparams ? 2 : 1);
      expect(tensor).toEqual(isHparams ? { dtype: 1, tensorShape: { dim: [{}] } } : undefined);
    }
  });

  // What is 0, in a message or its list, is not written out by the decoder.
  test('HParams knows the settings, their types and their ranges', () => {
    const [events = []] = decodeAll(tensorboardFiles(sampleRun())).values();
    const text = (...values: string[]) => ({ values: values.map((stringValue) => ({ stringValue })) });
    expect(hparams(events, 'experiment')).toEqual({
      experiment: {
        name: 'sample',
        timeCreatedSecs: START_SECONDS,
        hparamInfos: [
          { name: 'training.batch_size', type: 3, domainInterval: { minValue: 32, maxValue: 64 } },
          { name: 'penalty.type', type: 1, domainDiscrete: text('none', 'decov', 'vicreg', 'mean') },
          { name: 'penalty.weight', type: 3, domainInterval: { maxValue: 10 } },
          {
            name: 'nesterov',
            type: 2,
            domainDiscrete: { values: [{ boolValue: true }, { boolValue: false }] },
          },
          { name: 'penalty.gamma', type: 3, domainInterval: { minValue: 1.5, maxValue: 1.5 } },
        ],
        metricInfos: ['mean-abs-correlation', 'test/accuracy', 'test/loss', 'seconds'].map((tag) => ({
          name: { tag },
        })),
      },
    });
  });

  test('a session has its settings and its point as the group; seeds of a point are one group', () => {
    expect(hparams(eventsOf('p1-s0'), 'session_start_info')).toEqual({
      sessionStartInfo: {
        groupName: 'decov-0.1-p1',
        startTimeSecs: START_SECONDS,
        hparams: {
          'penalty.type': { stringValue: 'decov' },
          'penalty.weight': { numberValue: 0.1 },
          'training.batch_size': { numberValue: 32 },
          nesterov: { boolValue: true },
        },
      },
    });
  });

  test.each([
    ['complete', 'p0', 1],
    ['pruned', 'p2', 1],
    ['diverged', 'p3', 2],
    ['timeout', 'p4', 2],
    ['failed', 'p5', 2],
    ['interrupted', 'p6', 0],
  ])('a trial that is %s ends its session so', (_outcome, point, status) => {
    const { sessionEndInfo } = hparams(eventsOf(`${point}-s0`), 'session_end_info');
    expect(sessionEndInfo).toEqual({ ...(status !== 0 && { status }), endTimeSecs: START_SECONDS + 8 });
  });

  test('settings of several types are text for all sessions', () => {
    const run = sampleRun();
    const trials = run.manifest.trials.map((spec, index) => ({
      ...spec,
      settings: { mixed: index === 1 ? 'auto' : index },
    }));
    const files = tensorboardFiles({ ...run, manifest: { ...run.manifest, trials } });
    const sessions = [...decodeAll(files).values()]
      .slice(1)
      .map((events) => hparams(events, 'session_start_info'));
    expect(sessions.slice(1, 3)).toMatchObject([
      { sessionStartInfo: { hparams: { mixed: { stringValue: 'auto' } } } },
      { sessionStartInfo: { hparams: { mixed: { stringValue: '2' } } } },
    ]);
  });
});

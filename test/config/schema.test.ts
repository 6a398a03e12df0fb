/** The schema by itself: what it shares with the rest of covgrad, and what tools can make of it. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { VARIANTS } from '../../src/config/experiment.ts';
import { SWEEP_METRICS, sweepFileSchema } from '../../src/config/schema.ts';
import { CROSS_PENALTIES, PENALTIES, type PenaltyDefinition } from '../../src/kernel/catalogue.ts';
import { MEASURED } from '../../src/record/measures.ts';
import { QUALITIES } from '../../src/record/quality.ts';

describe('the schema', () => {
  test('knows metrics of a comparison with their goals, and all of the layers', () => {
    const goals = new Map(MEASURED.map(({ name, goal }) => [name, goal]));
    expect([...SWEEP_METRICS]).toEqual([...SWEEP_METRICS.keys()].map((name) => [name, goals.get(name)]));
    const ofPenalty = ['weight', 'strength', 'final-strength', 'gradient-cosine', 'penalty-change'];
    const ofLayers = [...goals.keys()].filter(
      (name) => !/\./.test(name) && ![...ofPenalty, 'gap'].includes(name),
    );
    expect([...SWEEP_METRICS.keys()]).toEqual(expect.arrayContaining(ofLayers));
  });

  test('knows the loss and every quality on every split', () => {
    for (const split of ['train', 'validation', 'test']) {
      expect(SWEEP_METRICS.get(`${split}.loss`)).toBe('minimize');
      for (const { name, goal } of QUALITIES) expect(SWEEP_METRICS.get(`${split}.${name}`)).toBe(goal);
    }
  });

  test('knows every penalty of the catalogue with its parameters', () => {
    const penalty = VARIANTS.find(({ path }) => path.join() === 'penalty');
    const keysOf = ({ parameters }: Pick<PenaltyDefinition, 'parameters'>, ...more: string[]): string[] => [
      'type',
      'weight',
      'strength',
      'centered',
      'ddof',
      ...parameters.map(({ name }) => name),
      ...more,
    ];
    expect([...(penalty?.keys ?? [])].map(([id, keys]) => [id, [...keys]])).toEqual([
      ...PENALTIES.map((definition) => [definition.id, keysOf(definition)]),
      ...CROSS_PENALTIES.map((definition) => [definition.id, keysOf(definition, 'against')]),
    ]);
  });

  test('becomes a JSON Schema for editors, in which every key is described', () => {
    const schema = z.toJSONSchema(sweepFileSchema, { io: 'input', target: 'draft-7' });
    const undescribed: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(value as Record<string, object>)) {
            const kind = ['source', 'type'].includes(name);
            if (!kind && !('description' in property)) undescribed.push(`${path}.${name}`);
          }
        }
        visit(value, key === 'properties' ? path : `${path}.${key}`);
      }
    };
    visit(schema, '');
    expect(undescribed).toEqual([]);
    expect(JSON.stringify(schema)).toContain('"learning_rate"');
  });
});

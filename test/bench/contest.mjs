/** The same work on several sides: verified first, then timed in turn, so that a busy machine slows all of them alike. */
import { decode } from './peers/serve.mjs';
import { together } from './timing.mjs';

/** Below this share of the processor a round is taken again, at most as many times as there were rounds. */
const QUIET = 0.9;
/** A side whose runs last this many bursts is measured in two rounds only. */
const SLOW = 10;

/** Largest error that is accepted: ours against the reference, the peers against ours. */
export const TOLERANCE = { own: 1e-4, peer: 1e-3 };

/**
 * Results by the id of the side, for those that have the task.
 *
 * `judge(answer, ours)` gives the error of an answer; `ours` says whether it is one of ours. A peer that is wrong is
 * not timed and says so; when ours is wrong, the benchmark ends.
 */
export async function contest({ own, peers }, request, judge, { rounds, milliseconds }) {
  const results = {};
  const entered = [];
  for (const subject of [...own, ...peers]) {
    const ours = own.includes(subject);
    const answer = await subject.ask(request);
    if (answer.unsupported) continue;
    const error = judge(answer, ours);
    if (error <= (ours ? TOLERANCE.own : TOLERANCE.peer)) entered.push({ subject, error, bursts: [] });
    else if (ours) throw new Error(`${subject.id} is wrong: error ${error} in ${describe(request)}`);
    else results[subject.id] = { wrong: true, error };
  }
  let left = 2 * rounds;
  for (let quiet = 0; quiet < rounds && left > 0; left--) {
    let disturbed = false;
    for (const { subject, bursts } of entered) {
      if (bursts.length >= 2 && bursts[0].bestUs > SLOW * 1000 * milliseconds) continue;
      const burst = await subject.ask({ milliseconds });
      bursts.push(burst);
      disturbed ||= burst.share < QUIET;
    }
    if (!disturbed) quiet++;
  }
  for (const { subject, error, bursts } of entered) {
    results[subject.id] = { ...together(bursts), error };
  }
  return results;
}

/** Largest difference relative to the largest entry of what is expected. */
export function relativeError(actual, expected) {
  let largest = 0;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    const difference = Math.abs(actual[i] - expected[i]);
    if (!(difference <= error)) error = difference;
  }
  return actual.length === expected.length ? error / (largest || 1) : Number.NaN;
}

/** Judges value and gradient: ours by the reference's, the peers' by ours. */
export function judgeGradient(expected) {
  let first;
  return ({ value, gradient: text }, ours) => {
    const gradient = decode(text);
    first ??= { value, gradient };
    const model = ours ? expected : first;
    return Math.max(relativeError([value], [model.value]), relativeError(gradient, model.gradient));
  };
}

function describe({ task, id = '', units, samples, sizes }) {
  return `${task} ${id} ${sizes?.join('-') ?? `${units}x${samples}`}`;
}

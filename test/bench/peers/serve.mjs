/**
 * The measured side of a benchmark, in a process of its own that idles while the others are measured. It answers each
 * line of JSON with one: first `{version}` (or `{missing}`), then to `{task, …}` the result of that task, for
 * verification, and to `{milliseconds}` the time of a burst of it. peers/pytorch.py speaks the same.
 */
import { createInterface } from 'node:readline';
import { time } from '../timing.mjs';

/**
 * `tasks[task](request)` prepares a task: `{answer, run, dispose}`, or nothing when this side does not have it.
 * `run` does the work once, reads the value and leaves the gradient where the library's user finds it.
 */
export async function serve(version, tasks) {
  say({ version });
  let prepared;
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const request = JSON.parse(line);
      if (request.task === undefined) {
        say(await time(prepared.run, request.milliseconds));
        continue;
      }
      prepared?.dispose?.();
      prepared = await tasks[request.task]?.(request);
      say(prepared?.answer ?? { unsupported: true });
    } catch (error) {
      say({ error: String(error?.stack ?? error) });
    }
  }
}

/** Ends this side: its library is not there, or cannot run here. */
export function giveUp(reason) {
  say({ missing: String(reason?.message ?? reason).split('\n')[0] });
  process.exit();
}

/** Numbers cross between the processes as base64 of little-endian float32. */
export function encode(numbers) {
  const floats = Float32Array.from(numbers);
  return Buffer.from(floats.buffer).toString('base64');
}

export function decode(text) {
  return new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}

function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** Answers wasmtime.py, a line of JSON for each of its own: one memory, one instance. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

let memory;
let instance;

const answers = {
  memory: (initial) => {
    memory = new WebAssembly.Memory({ initial });
  },
  size: () => memory.buffer.byteLength,
  grow: (pages) => memory.grow(pages),
  read: (start, stop) => Buffer.from(memory.buffer.slice(start, stop)).toString('base64'),
  write: (text, start) => new Uint8Array(memory.buffer).set(Buffer.from(text, 'base64'), start),
  instantiate: (path) => {
    instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), { env: { memory } });
  },
  call: (name, ...operands) => {
    const { [name]: operation } = instance.exports;
    if (operation.length !== operands.length) throw new Error(`${name} takes ${operation.length} operands`);
    return operation(...operands);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...operands] = JSON.parse(line);
  let answer;
  try {
    answer = { value: answers[name](...operands) ?? null };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

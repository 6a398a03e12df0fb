/** The flags of `npm run bench`. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { PENALTIES } from 'covgrad/kernel';
import { PEERS } from './subjects.mjs';

export const SECTIONS = ['load', 'products', 'penalties', 'steps', 'networks', 'sweep', 'threads'];
/** The penalties that the peers have. */
export const COMPARED = ['decov', 'squared-correlation', 'vicreg', 'participation-ratio', 'mean-abs', 'mean'];
/** Units x samples. */
const SHAPES = '64x64,128x128,256x128,512x128,512x256,1024x256,1024x1024,256x32,1024x64';

export const USAGE = `npm run bench -- [flags]

  --only       parts to run: ${SECTIONS.join(', ')} (default: all)
  --penalties  ids, or all (default: those that the peers have)
  --shapes     of the penalties, units x samples (default: ${SHAPES})
  --node       another Node that our side runs on as well, beside this one; may be repeated. The first is what the
               ratios are over. Each has the flags of V8 that the command line sets for itself
  --peers      ${PEERS.map(({ id }) => id).join(', ')}, or none (default: all that are installed)
  --rounds     bursts of each side, taken in turn (default: 5)
  --ms         length of a burst in milliseconds (default: 120)
  --json       everything that was measured, instead of tables
  --help

Lists are separated by commas. PYTHON names the Python that has PyTorch, where it is not the one on the path.`;

/** The flags, checked. Errors: a RangeError that says what is wrong. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: SECTIONS.join() },
      penalties: { type: 'string', default: COMPARED.join() },
      shapes: { type: 'string', default: SHAPES },
      node: { type: 'string', multiple: true, default: [] },
      peers: { type: 'string', default: PEERS.map(({ id }) => id).join() },
      rounds: { type: 'string', default: '5' },
      ms: { type: 'string', default: '120' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const ids = PENALTIES.map(({ id }) => id);
  return {
    sections: list('--only', values.only, SECTIONS),
    penalties: values.penalties === 'all' ? ids : list('--penalties', values.penalties, ids),
    shapes: values.shapes.split(',').map(readShape),
    nodes: readNodes(values.node),
    peers:
      values.peers === 'none'
        ? []
        : list(
            '--peers',
            values.peers,
            PEERS.map(({ id }) => id),
          ),
    rounds: readCount('--rounds', values.rounds),
    milliseconds: readCount('--ms', values.ms),
    json: values.json,
    help: values.help,
  };
}

function list(flag, text, known) {
  const items = text.split(',');
  const unknown = items.find((item) => !known.includes(item));
  if (unknown === undefined) return items;
  throw new RangeError(`${flag}: it must list some of ${known.join(', ')}, got ${JSON.stringify(unknown)}.`);
}

/** Those that are asked for, then this one: `[{path, version}]`. */
function readNodes(paths) {
  const asked = paths.map((path) => {
    const { stdout } = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' });
    if (/^\d+\.\d+\.\d+/.test(stdout ?? '')) return { path, version: stdout.trim() };
    throw new RangeError(`--node: it must be a program of Node, got ${JSON.stringify(path)}.`);
  });
  const nodes = [...asked, { path: process.execPath, version: process.versions.node }];
  return nodes.filter(({ version }, i) => nodes.findIndex((node) => node.version === version) === i);
}

function readShape(text) {
  const [, units, samples] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (units >= 2 && samples >= 2) return { units: Number(units), samples: Number(samples) };
  throw new RangeError(
    `--shapes: each must be units x samples, at least 2x2, like 256x128, got ${JSON.stringify(text)}.`,
  );
}

function readCount(flag, text) {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new RangeError(`${flag}: it must be a whole number of at least 1, got ${JSON.stringify(text)}.`);
}

/**
 * `npm run bench`: the speed of the kernel, of training steps and of sweeps, beside the peers that are installed.
 *
 * Machines differ and drift: compare ratios within one run, best against best.
 */
import { cpus } from 'node:os';
import { benchLoad } from './load.mjs';
import { benchNetworks } from './networks.mjs';
import { readOptions, USAGE } from './options.mjs';
import { benchPenalty } from './penalties.mjs';
import { benchPeak, benchProducts } from './products.mjs';
import { loadLines, peakLines, ratioTable, summarise, sweepLines, threadLines } from './report.mjs';
import { benchSteps } from './steps.mjs';
import { startSubjects } from './subjects.mjs';
import { benchSweep } from './sweep.mjs';
import { benchThreads } from './threads.mjs';

const options = parse();
if (options?.help) console.log(USAGE);
else if (options !== undefined) {
  await main(options).catch((error) => {
    console.error(`bench: ${error.message}`);
    process.exitCode = 1;
  });
}

function parse() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`bench: ${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  }
}

async function main({ sections, json, ...pace }) {
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  const print = (...lines) => {
    progress('');
    if (!json) console.log(lines.join('\n'));
  };
  const subjects = await startSubjects(pace.nodes, pace.peers);
  const { own, peers, missing } = subjects;
  const sides = [...own, { id: 'copy', title: 'copy' }, ...peers];
  const result = {
    machine: { cpu: cpus()[0]?.model, node: process.version, platform: process.platform },
    sides: Object.fromEntries([...own, ...peers].map(({ id, version }) => [id, version])),
    missing: missing.map(({ id, missing: reason, install }) => ({ id, reason, install })),
  };
  try {
    print(
      `${result.machine.cpu}, Node ${result.machine.node}, one thread each.`,
      `A ratio is a side's best time over that of ${own[0].title}: above 1× it is slower.`,
      ...missing.map(
        ({ id, missing, install }) =>
          `Not measured: ${id} (${missing.split(' imported from ')[0]}). It needs: ${install}.`,
      ),
    );
    if (sections.includes('load')) {
      result.load = benchLoad(subjects, progress);
      print('', ...loadLines(result.load));
    }
    if (sections.includes('products')) {
      result.products = await benchProducts(subjects, pace, progress);
      result.peak = await benchPeak(subjects, result.products, pace, progress);
      print('', ...ratioTable('product', result.products, sides, width), '', ...peakLines(result));
    }
    if (sections.includes('penalties')) {
      result.penalties = [];
      for (const penalty of pace.penalties) {
        const rows = await benchPenalty(subjects, penalty, pace, progress);
        result.penalties.push(...rows);
        print('', ...ratioTable(penalty, rows, sides, width));
      }
    }
    if (sections.includes('steps')) {
      result.steps = await benchSteps(subjects, pace, progress);
      print('', ...ratioTable('training step', result.steps, sides, width));
    }
    if (sections.includes('networks')) {
      result.networks = await benchNetworks(subjects, pace, progress);
      print('', ...ratioTable('training step', result.networks, sides, width));
    }
  } finally {
    for (const subject of [...own, ...peers]) subject.stop();
  }
  if (sections.includes('sweep')) {
    result.sweep = await benchSweep(pace, progress);
    print('', ...sweepLines(result.sweep));
  }
  if (sections.includes('threads')) {
    result.threads = await benchThreads(progress);
    print('', ...threadLines(result.threads));
  }
  const { products = [], penalties = [], steps = [], networks = [] } = result;
  result.summary = summarise([...products, ...penalties, ...steps, ...networks], sides);
  if (json) console.log(JSON.stringify(result, null, 2));
}

/** What is being measured, on a line that the next one overwrites; nothing where nobody looks. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
}

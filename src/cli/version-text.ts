/** `covgrad --version`: what a report of a problem needs. */
import { CovgradError } from '../errors.ts';
import { VERSION } from '../version.ts';

/** A line each for covgrad, its host, and the build of the kernel that `--kernel auto` takes here. */
export async function versionText(): Promise<string> {
  const { node } = process.versions;
  return [
    `covgrad ${VERSION}`,
    `Node.js ${node}, ${process.platform} ${process.arch}`,
    `kernel ${await kernelText()}`,
    '',
  ].join('\n');
}

async function kernelText(): Promise<string> {
  const { compileKernel } = await import('../kernel/instantiate.ts');
  try {
    // The build alone: looking for the faster tile takes time.
    const { variant, sha256 } = await compileKernel({ tile: '4x8' });
    return `${variant}, SHA-256 ${sha256}`;
  } catch (error) {
    // It is the version that was asked for.
    if (error instanceof CovgradError) return `none that runs here: ${error.message}`;
    throw error;
  }
}

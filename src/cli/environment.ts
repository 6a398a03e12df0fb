/** What the system denies a program whatever it does, in words: no defect of covgrad. */

const REASONS: Readonly<Record<string, string>> = {
  EMFILE: 'this process may open no more files. Raise the limit by ulimit -n, or use fewer --threads',
  ENFILE: 'the system has too many open files. Close other programs',
  ENOMEM:
    'the system has no more memory for this process. Use fewer --threads, or raise the limit by ulimit -v',
  EAGAIN:
    'the system starts no more threads for this user. Use fewer --threads, or raise the limit by ulimit -u',
  ERR_WORKER_INIT_FAILED:
    'the system starts no more threads. Use fewer --threads, or raise the limits by ulimit -u, -v and -n',
  ERR_WORKER_OUT_OF_MEMORY:
    'the memory of a thread was full. Give Node a larger heap (NODE_OPTIONS=--max-old-space-size)',
  ENOSPC: 'a disk is full. Free some space',
  EROFS: 'a file system is read-only. Choose another place',
};

/** The message for an error by which the system denies something, or undefined for any other. */
export function environmentFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', syscall, message } = error as NodeJS.ErrnoException;
  if (isMissingDirectory(code, syscall, message)) {
    return 'working directory: it must exist, got one that was removed. Change to another directory and try again.';
  }
  const known = REASONS[code] ?? Object.entries(REASONS).find(([name]) => message.includes(`${name}:`))?.[1];
  if (known === undefined) return undefined;
  return `system: it must let covgrad work, got ${message.replace(/\.$/, '')}: ${known}.`;
}

/** Node asks for the working directory wherever a relative path is made absolute. */
function isMissingDirectory(code: string, syscall: string | undefined, message: string): boolean {
  return (code === 'ENOENT' && syscall === 'uv_cwd') || /ENOENT.*uv_cwd/.test(message);
}

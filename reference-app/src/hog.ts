import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { number } from './lib/config';
import { createLog } from './lib/log';

/** Bytes per allocation. */
const step = 64 * 1024 * 1024;
/** 1 GB per second, so that signals and the machine remain responsive. */
const stepsAtOnce = 16;

// Released memory only returns to the system after a garbage collection, which nothing else
// triggers here.
setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** `make incident` waits for this message. */
const takenMessage = 'Memory is taken';

/**
 * Total and used memory of the machine in bytes. See
 * https://docs.kernel.org/filesystems/proc.html#meminfo
 */
function memory(): { total: number; used: number } {
  const info = readFileSync('/proc/meminfo', 'utf8');
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(info)?.[1]) * 1024;
  const total = field('MemTotal');
  return { total, used: total - field('MemAvailable') };
}

/**
 * The incident `memory`: allocates memory until MEMORY_SHARE of the machine is in use, and holds
 * it. It checks before each step, never exceeds the share, and releases memory when other processes
 * need more.
 */
function start(): void {
  const log = createLog('hog', 'info');
  const share = number('MEMORY_SHARE', 0.88, 0.01, 0.95);
  const held: Buffer[] = [];
  let isTaken = false;
  const adjust = () => {
    if (givesBack()) return;
    for (let taken = 0; taken < stepsAtOnce; taken += 1) {
      const { total, used } = memory();
      if (used + step > total * share) {
        if (!isTaken) log.warn(takenMessage);
        isTaken = true;
        return;
      }
      // Filled, because the system only assigns memory that is written to.
      held.push(Buffer.alloc(step, 1));
    }
  };
  const givesBack = (): boolean => {
    const { total, used } = memory();
    const tooMuch = Math.min(held.length, Math.ceil((used - total * share) / step));
    if (tooMuch <= 0) return false;
    held.length -= tooMuch;
    collectGarbage();
    return true;
  };
  log.warn(`Incident on purpose: takes memory up to ${Math.round(share * 100)} % of the machine`);
  adjust();
  const timer = setInterval(adjust, 1_000);
  const stop = () => {
    clearInterval(timer);
    held.length = 0;
    log.info('Memory is given back');
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

start();

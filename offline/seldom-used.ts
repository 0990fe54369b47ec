import { createRequire } from 'node:module';
import { loadWhenUsed } from '../components/load-when-used';

/**
 * Import this before dockerode. An SSH client for remote daemons and gRPC for BuildKit take four
 * fifths of its load time, and a local daemon needs neither.
 */
const dockerode = createRequire(require.resolve('dockerode'));
const modem = createRequire(dockerode.resolve('docker-modem'));
loadWhenUsed(dockerode.resolve('./session'));
loadWhenUsed(modem.resolve('./ssh'));

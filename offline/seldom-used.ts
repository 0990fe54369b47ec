import { createRequire } from 'node:module';
import { loadWhenUsed } from '../components/load-when-used';

/**
 * Imported before dockerode: an SSH client for daemons elsewhere and gRPC for BuildKit take four fifths of the time in
 * which it loads, and a daemon on this machine needs neither.
 */
const dockerode = createRequire(require.resolve('dockerode'));
const modem = createRequire(dockerode.resolve('docker-modem'));
loadWhenUsed(dockerode.resolve('./session'));
loadWhenUsed(modem.resolve('./ssh'));

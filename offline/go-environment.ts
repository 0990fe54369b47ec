import { freemem } from 'node:os';

/**
 * The environment of every build. Variables that would change the result are set or removed, so
 * that a recipe always gives the same bytes. The user's settings for the sources of modules
 * (GOPROXY, GONOSUMDB, proxies) stay.
 */
export function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const clean = { ...env };
  for (const name of [
    'GOROOT',
    'GOOS',
    'GOARCH',
    'GOAMD64',
    'GOARM64',
    'GOEXPERIMENT',
    'GODEBUG',
  ]) {
    delete clean[name];
  }
  return {
    ...clean,
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=readonly',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    GO111MODULE: 'on',
  };
}

/** Node before 20.13 does not know the limit of a container. */
const availableMegabytes = (): number =>
  ('availableMemory' in process ? process.availableMemory() : freemem()) / 1e6;

/** Compilers and linkers that run at once: two builds, each with two or three processes. */
const processes = 6;
/** The largest packages need about this much, in MB. */
const enough = 1_024;

/**
 * The compiler's garbage collector is switched off where memory is plentiful, which saves a good
 * tenth of the processor time and does not change the result. `free` is the available memory in MB.
 * A collector that the user has set stays as it is.
 */
export function collector(
  env: NodeJS.ProcessEnv,
  free: number = availableMegabytes(),
): NodeJS.ProcessEnv {
  const limit = Math.floor(free / processes);
  if (env.GOGC !== undefined || env.GOMEMLIMIT !== undefined || limit < enough) return {};
  return { GOGC: 'off', GOMEMLIMIT: `${limit}MiB` };
}

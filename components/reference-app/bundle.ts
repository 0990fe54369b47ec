import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from '../images';
import { programImage } from '../program-image';

/** `hog` is run by `make incident KIND=memory`, the others by the stack. */
const programs = ['api-server', 'ws-server', 'worker', 'traffic', 'outside', 'hog'];

/** The image of the reference application, which its servers and services share: see `programImage`. */
export const referenceAppImage = (root?: string): Promise<Image> =>
  programImage({ name: 'reference-app', programs, sources: ['telemetry'] }, root);

/** Version of the application, as its metrics and its /health say it. */
export function appVersion(): string {
  const path = join(__dirname, '..', '..', 'reference-app', 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

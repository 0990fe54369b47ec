import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from '../images';
import { programImage } from '../program-image';

/** `make incident KIND=memory` runs `hog`. The stack runs the others. */
const programs = ['api-server', 'ws-server', 'worker', 'traffic', 'outside', 'hog'];

/**
 * The image that all servers and services of the reference application share. See `programImage`.
 */
export const referenceAppImage = (root?: string): Promise<Image> =>
  programImage({ name: 'reference-app', programs, sources: ['telemetry'] }, root);

/** Version of the application, as in its metrics and /health. */
export function appVersion(): string {
  const path = join(__dirname, '..', '..', 'reference-app', 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

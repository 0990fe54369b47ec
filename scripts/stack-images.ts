import { deploymentOf } from '../components/deployment';
import type { ImageName } from '../offline/kit';
import { shapeOf } from './stack-settings';

/** The images that a stack on Docker uses, from the `config` of its file. Does not validate it. */
export const imagesOf = (config: Readonly<Record<string, unknown>>): ImageName[] => [
  ...deploymentOf(shapeOf({ config })).images,
];

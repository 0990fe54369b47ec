import { componentFiles, type Files, type MountedFile, yaml } from './files';
import type { Inputs, Recorded } from './record';

/**
 * The containers on Docker: config files and `container.yaml` (arguments of the container) of each
 * component, and `networks.yaml` and `volumes.yaml` of the stack.
 */
export function dockerFiles(resources: readonly Recorded[]): Files {
  const ofType = (type: string): Recorded[] =>
    resources.filter((r) => r.type === `docker:index/${type}`);
  const files: Files = {
    ...overview('networks.yaml', ofType('network:Network')),
    ...overview('volumes.yaml', ofType('volume:Volume')),
  };
  for (const { name, inputs } of ofType('container:Container')) {
    const component = componentOf(inputs) ?? name;
    const uploads = (inputs['uploads'] ?? []) as { file: string; content: string }[];
    const mounted: MountedFile[] = uploads.map(({ file, content }) => ({ path: file, content }));
    // A component has one container, and another one that only carries its files.
    if (inputs['start'] !== false) files[`${component}/container.yaml`] = yaml(inputs);
    Object.assign(files, componentFiles(component, mounted));
  }
  return files;
}

/** No file if the stack has none of these resources. */
function overview(path: string, resources: readonly Recorded[]): Files {
  if (resources.length === 0) return {};
  return { [path]: yaml(Object.fromEntries(resources.map(({ id, inputs }) => [id, inputs]))) };
}

function componentOf(inputs: Inputs): string | undefined {
  const labels = (inputs['labels'] ?? []) as { label: string; value: string }[];
  return labels.find(({ label }) => label === 'io.audifi.component')?.value;
}

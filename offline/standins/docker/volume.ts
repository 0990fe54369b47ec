import type { Resource } from '../resource';
import type { Values } from '../values';
import { ask, daemon, find, labels, map, removePatiently, text } from './daemon';
import { computed, labelSet, replacing, string, stringMap } from './properties';

export const volume: Resource = {
  inputs: {
    name: replacing(string),
    labels: replacing(labelSet),
    driver: replacing(computed({ ...string, observed: true })),
    driverOpts: replacing(stringMap),
  },
  computed: ['driver', 'mountpoint'],
  autoname: 'name',

  async create(inputs) {
    const name = text(inputs, 'name') ?? '';
    await ask('Unable to create volume', () =>
      daemon().createVolume({
        Name: name,
        Driver: text(inputs, 'driver') ?? 'local',
        DriverOpts: map(inputs, 'driverOpts'),
        Labels: labels(inputs),
      }),
    );
    const info = await ask('Unable to inspect volume', () => daemon().getVolume(name).inspect());
    return { id: name, outputs: describe(info) };
  },

  async read(id, inputs) {
    const info = await find('Unable to inspect volume', () => daemon().getVolume(id).inspect());
    if (info === undefined) return undefined;
    return {
      id,
      outputs: describe(info),
      inputs: Object.keys(inputs).length > 0 ? inputs : { name: id },
    };
  },

  /** A volume that is in use is not removed. Docker's error names the container. */
  async delete(id) {
    await removePatiently('Unable to remove volume', 'volume is in use', () =>
      daemon().getVolume(id).remove(),
    );
  },
};

interface Inspected {
  readonly Name: string;
  readonly Driver: string;
  readonly Mountpoint: string;
}

const describe = (info: Inspected): Values => ({
  name: info.Name,
  driver: info.Driver,
  mountpoint: info.Mountpoint,
});

import type { NetworkInspectInfo } from 'dockerode';
import type { Found, Resource } from '../resource';
import type { Value, Values } from '../values';
import { ask, daemon, find, flag, labels, map, objects, removePatiently, text } from './daemon';
import { bool, computed, labelSet, replacing, setOf, string, stringMap } from './properties';

const ipamConfig = setOf({
  subnet: string,
  gateway: string,
  ipRange: string,
  auxAddress: stringMap,
});

export const network: Resource = {
  inputs: {
    name: replacing(string),
    labels: replacing(labelSet),
    driver: replacing(computed({ ...string, observed: true })),
    options: replacing(computed(stringMap)),
    internal: replacing(computed(bool)),
    attachable: replacing(bool),
    ingress: replacing(bool),
    ipv6: replacing(bool),
    ipamDriver: replacing({ ...string, default: 'default' }),
    ipamOptions: replacing(stringMap),
    ipamConfigs: replacing(computed(ipamConfig)),
  },
  computed: ['driver', 'internal', 'ipamConfigs', 'options', 'scope'],
  autoname: 'name',

  async create(inputs) {
    const ipam = objects(inputs, 'ipamConfigs');
    const { id } = await ask('Unable to create network', () =>
      daemon().createNetwork({
        Name: text(inputs, 'name') ?? '',
        Driver: text(inputs, 'driver') ?? 'bridge',
        Options: map(inputs, 'options'),
        Internal: flag(inputs, 'internal'),
        Attachable: flag(inputs, 'attachable'),
        Ingress: flag(inputs, 'ingress'),
        EnableIPv6: flag(inputs, 'ipv6'),
        Labels: labels(inputs),
        IPAM: {
          Driver: text(inputs, 'ipamDriver') ?? 'default',
          Options: map(inputs, 'ipamOptions'),
          Config: ipam.map((config) => ({
            ...(text(config, 'subnet') && { Subnet: text(config, 'subnet') }),
            ...(text(config, 'gateway') && { Gateway: text(config, 'gateway') }),
            ...(text(config, 'ipRange') && { IPRange: text(config, 'ipRange') }),
            ...(map(config, 'auxAddress') && { AuxiliaryAddresses: map(config, 'auxAddress') }),
          })),
        },
      }),
    );
    const info = await ask('Unable to inspect network', () => daemon().getNetwork(id).inspect());
    return { id, outputs: describe(info) };
  },

  async read(id, inputs): Promise<Found | undefined> {
    const info = await find('Unable to inspect network', () => daemon().getNetwork(id).inspect());
    if (info === undefined) return undefined;
    const outputs = describe(info);
    const adopted = Object.keys(inputs).length === 0;
    return { id: info.Id, outputs, inputs: adopted ? { name: info.Name } : inputs };
  },

  async delete(id) {
    await removePatiently('Unable to remove network', 'has active endpoints', () =>
      daemon().getNetwork(id).remove(),
    );
  },
};

/** The properties that Docker sets, as outputs. */
export function describe(info: NetworkInspectInfo): Values {
  const outputs: Record<string, Value> = {
    name: info.Name,
    driver: info.Driver,
    internal: info.Internal,
    options: info.Options ?? {},
    scope: info.Scope,
    ipamDriver: info.IPAM?.Driver ?? 'default',
    ipamConfigs: (info.IPAM?.Config ?? []).map((config) => ({
      ...(config.Subnet && { subnet: config.Subnet }),
      ...(config.Gateway && { gateway: config.Gateway }),
    })),
  };
  return outputs;
}

/** `docker.getNetwork`: finds a network by its name. */
export const getNetwork = {
  inputs: { name: { ...string, required: true } },
  async invoke(args: Values): Promise<Values> {
    const name = text(args, 'name') ?? '';
    const info = await ask(`Could not find docker network ${name}`, () =>
      daemon().getNetwork(name).inspect(),
    );
    const { name: _, ...outputs } = describe(info);
    const containers = Object.entries(info.Containers ?? {}).map(([containerId, container]) => ({
      ...{ containerId, name: container.Name, endpointId: container.EndpointID },
      ...{ macAddress: container.MacAddress, ipv4Address: container.IPv4Address },
      ipv6Address: container.IPv6Address,
    }));
    return { id: info.Id, name, ...outputs, containers };
  },
};

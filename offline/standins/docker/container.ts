import type { Container, ContainerInspectInfo } from 'dockerode';
import { pause } from '../cancel';
import { PartialFailure } from '../partial';
import type { Resource } from '../resource';
import type { Values } from '../values';
import { createOptions, resources, uploads } from './container-create';
import { describe, drifted } from './container-read';
import { containerInputs, containerOutputs } from './container-schema';
import { ask, daemon, find, flag, isMissing, number, objects, reason, text, texts } from './daemon';
import { pull } from './image';

export const container: Resource = {
  inputs: containerInputs,
  computed: containerOutputs,
  finished: ['command', 'entrypoints'],
  autoname: 'name',
  deleteBeforeReplace: true,

  async create(inputs) {
    const image = text(inputs, 'image') ?? '';
    await ask(`Unable to create container with image ${image}`, () => ensureImage(image));
    const options = createOptions(inputs);
    const files = uploads(inputs);
    const made = await ask('Unable to create container', () => daemon().createContainer(options));
    try {
      await connect(made.id, inputs);
      for (const archive of files) {
        await ask('Unable to upload volume content', () => made.putArchive(archive, { path: '/' }));
      }
      if (flag(inputs, 'start', true)) await start(made, inputs);
      const logs = flag(inputs, 'attach') ? await attach(made, inputs) : undefined;
      const info = await made.inspect();
      return {
        id: made.id,
        outputs: { ...describe(info, inputs), ...(logs !== undefined && { containerLogs: logs }) },
      };
    } catch (error) {
      // The container exists. It must be in the state, or nothing would ever remove it.
      throw new PartialFailure(made.id, reason(error));
    }
  },

  async read(id, inputs, outputs) {
    const info = await find('Unable to inspect container', () =>
      daemon().getContainer(id).inspect(),
    );
    if (info === undefined) return undefined;
    if (Object.keys(inputs).length === 0) {
      throw new Error('the stand-in cannot adopt a container that it did not make');
    }
    const logs = outputs.containerLogs;
    return {
      id: info.Id,
      inputs: drifted(info, inputs),
      outputs: { ...describe(info, inputs), ...(logs !== undefined && { containerLogs: logs }) },
    };
  },

  async update(id, olds, news) {
    const target = daemon().getContainer(id);
    const before = await ask('Unable to inspect container', () => target.inspect());
    if (flag(news, 'mustRun', true) && flag(news, 'start', true) && !before.State.Running) {
      await ask('Unable to start container', () => target.start());
    }
    if (limitsChanged(olds, news)) {
      await ask('Unable to update a container', () => target.update(resources(news)));
    }
    return describe(await target.inspect(), news);
  },

  /**
   * Stops the container within the grace period, then removes it. Without a grace period, it is
   * killed at once.
   */
  async delete(id, inputs) {
    const target = daemon().getContainer(id);
    if (!flag(inputs, 'attach')) {
      await find(`Error stopping container ${id}`, () =>
        target.stop({ t: number(inputs, 'destroyGraceSeconds') ?? 0 }).catch(unlessStopped),
      );
    }
    await find(`Error deleting container ${id}`, () =>
      target.remove({ force: true, v: flag(inputs, 'removeVolumes', true) }).catch(unlessGoing),
    );
    while ((await find('Unable to inspect container', () => target.inspect())) !== undefined) {
      await pause(100);
    }
  },
};

/** 304: the container was not running. */
function unlessStopped(error: Error & { statusCode?: number }): void {
  if (error.statusCode !== 304) throw error;
}

/** With `rm`, the daemon removes the container itself when it has stopped. */
function unlessGoing(error: Error): void {
  if (!reason(error).includes('is already in progress')) throw error;
}

async function ensureImage(name: string): Promise<void> {
  const present = await find('cannot inspect it', () => daemon().getImage(name).inspect());
  if (present !== undefined) return;
  await pull(name, undefined);
}

/**
 * Disconnects a container with its own networks from the default network, which the daemon
 * connected it to on creation.
 */
async function connect(id: string, inputs: Values): Promise<void> {
  const networks = objects(inputs, 'networksAdvanced');
  if (networks.length === 0) return;
  try {
    await daemon().getNetwork('bridge').disconnect({ Container: id });
  } catch (error) {
    if (!isMissing(error) && !reason(error).includes('is not connected to')) {
      throw new Error(`Unable to disconnect the default network: ${reason(error)}`, {
        cause: error,
      });
    }
  }
  for (const network of networks) {
    const name = text(network, 'name') ?? '';
    await ask(`Unable to connect to network '${name}'`, () =>
      daemon()
        .getNetwork(name)
        .connect({
          Container: id,
          EndpointConfig: {
            Aliases: texts(network, 'aliases'),
            MacAddress: text(network, 'macAddress'),
            IPAMConfig: {
              IPv4Address: text(network, 'ipv4Address'),
              IPv6Address: text(network, 'ipv6Address'),
              LinkLocalIPs: texts(network, 'linkLocalIps'),
            },
          },
        }),
    );
  }
}

async function start(target: Container, inputs: Values): Promise<void> {
  await ask('Unable to start container', () => target.start());
  if (!flag(inputs, 'wait')) return;
  const until = Date.now() + (number(inputs, 'waitTimeout') ?? 60) * 1000;
  for (;;) {
    const { State }: ContainerInspectInfo = await target.inspect();
    if (State.Health === undefined) {
      throw new Error(
        "you have supplied a 'wait' argument, but the container does not have a healthcheck defined. " +
          "Please remove the 'wait' argument or add a 'healthcheck' attribute",
      );
    }
    if (State.Health.Status === 'healthy') return;
    if (Date.now() > until) throw new Error('container failed to be in healthy state');
    await pause(500);
  }
}

/** Waits until the container exits. Returns its output, if requested. */
async function attach(target: Container, inputs: Values): Promise<string | undefined> {
  await ask('Unable to wait container end of execution', () => target.wait());
  if (!flag(inputs, 'logs')) return undefined;
  const raw = await ask('unable to read container logs', () =>
    target.logs({ stdout: true, stderr: true, follow: false }),
  );
  return flag(inputs, 'tty') ? raw.toString('utf8') : withoutFrames(raw);
}

/**
 * Without a terminal, Docker sends output in frames: a stream number and a length before each part.
 */
function withoutFrames(raw: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length;) {
    const length = raw.readUInt32BE(at + 4);
    pieces.push(raw.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(pieces).toString('utf8');
}

const limits = [
  'restart',
  'maxRetryCount',
  'cpuShares',
  'memory',
  'memoryReservation',
  'cpuSet',
  'memorySwap',
] as const;

const limitsChanged = (olds: Values, news: Values): boolean =>
  limits.some((key) => olds[key] !== news[key]);

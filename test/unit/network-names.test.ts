import { describe, expect, it } from '@jest/globals';
import { assertNamesFree } from '../../scripts/network-names';
import { projectName } from '../../scripts/stack-files';
import { fakeCommands } from '../lib/fake-commands';

const commands = fakeCommands();

interface Container {
  readonly name: string;
  readonly stack?: string;
  /** As older engines return them. */
  readonly aliases?: readonly string[];
  /** As newer engines return them. */
  readonly dnsNames?: readonly string[];
}

/** A Docker with a network `audifi_default` and these running containers in it. */
function docker(...containers: readonly Container[]): void {
  const inspected = containers.map(({ name, stack, aliases, dnsNames }) => {
    const labels = stack === undefined ? null : { 'io.audifi.stack': stack };
    const networks = {
      // The names in another network do not matter.
      other: { NetworkID: 'n9', Aliases: ['alertmanager'] },
      audifi_default: { NetworkID: 'n1', Aliases: aliases ?? null, DNSNames: dnsNames },
    };
    return [`/${name}`, labels, networks].map((part) => JSON.stringify(part)).join('\t');
  });
  const print = (lines: readonly string[]): string =>
    lines.length === 0 ? ':' : `cat <<'END'\n${lines.join('\n')}\nEND`;
  commands.add(
    'docker',
    `case "$*" in
'network ls '*) ${print(['n0\tbridge', 'n1\taudifi_default'])}
;;
'ps '*'network=n1'*) ${print(containers.map((_, i) => `id${i}`))}
;;
'inspect '*) ${print(inspected)}
;;
*) exit 9 ;;
esac`,
  );
}

const check = (
  settings: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv = {},
): Promise<void> => {
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(settings)) config[`${projectName}:${key}`] = value;
  return assertNamesFree('dev', { config }, { ...commands.env, ...env });
};

const joined = { network: 'audifi_default' };

describe('a joined network', () => {
  it.each<[string, Container]>([
    ['an alias', { name: 'audifi-prometheus-1', aliases: ['audifi-prometheus-1', 'prometheus'] }],
    ['an alias on a newer engine', { name: 'audifi-p-1', dnsNames: ['audifi-p-1', 'prometheus'] }],
    ['a name', { name: 'prometheus' }],
  ])('is refused if a container of others has the name of a service as %s', async (_, other) => {
    docker({ name: 'audifi-api-server-1', aliases: ['api-server'] }, other);
    const error = String(await check(joined).catch(String));
    expect(error).toContain(`  ${other.name}: prometheus\n`);
    expect(error).toContain(`docker network disconnect audifi_default ${other.name}`);
    expect(error).toContain('make pulumi STACK=dev ARGS="config rm network"');
    expect(error).toMatch(/^OperatorError: in the Docker network .*Nothing was changed\.$/s);
    expect(error).not.toContain('api-server');
  });

  it('is refused if another stack is in it', async () => {
    docker({ name: 'audifi-test-loki', stack: 'test', aliases: ['loki'] });
    await expect(check(joined)).rejects.toThrow(
      /audifi-test-loki: loki\n.*The stack "test" is in this network, and two stacks cannot share/s,
    );
  });

  it('is accepted with the containers of its own old name', async () => {
    docker({ name: 'audifi-test-loki', stack: 'test', aliases: ['loki'] });
    await expect(check(joined, { RENAMED_FROM: 'test' })).resolves.toBeUndefined();
  });

  it("is accepted with AudiFi's services and the stack's own containers", async () => {
    docker(
      { name: 'audifi-api-server-1', aliases: ['api-server'] },
      { name: 'audifi-dev-loki', stack: 'dev', aliases: ['loki'] },
      // On the machine's network, so it has no name in this one.
      { name: 'audifi-node-exporter-1', aliases: ['node-exporter'] },
    );
    await expect(check(joined)).resolves.toBeUndefined();
  });

  it('is accepted if the stack does not run the service', async () => {
    docker({ name: 'g', aliases: ['grafana'] }, { name: 'e', aliases: ['postgres-exporter'] });
    await expect(check({ ...joined, grafana: { enabled: false } })).resolves.toBeUndefined();
    const postgres = { host: 'db.audifi.io' };
    await expect(check({ ...joined, grafana: { enabled: false }, postgres })).rejects.toThrow(
      /e: postgres-exporter/,
    );
  });

  it('that is empty or does not exist is left to Pulumi', async () => {
    docker();
    await expect(check(joined)).resolves.toBeUndefined();
    await expect(check({ network: 'gone' })).resolves.toBeUndefined();
  });
});

it('Docker is not asked without a network to join', async () => {
  commands.add('docker', 'exit 9');
  await expect(check({})).resolves.toBeUndefined();
  await expect(check({ ...joined, platform: 'kubernetes' })).resolves.toBeUndefined();
});

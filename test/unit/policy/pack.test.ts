import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as grpc from '@grpc/grpc-js';
import { AnalyzerClient } from '@pulumi/pulumi/proto/analyzer_grpc_pb';
import * as rpc from '@pulumi/pulumi/proto/analyzer_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { rules } from '../../../policy/rules';
import { projectRoot } from '../../../scripts/stack-files';

const folder = join(projectRoot, 'policy');
const unknownText = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
let pack: ChildProcess;
let client: AnalyzerClient;

/**
 * Started as language hosts do it: with the SDK's runner for policy packs, in the folder of the
 * pack.
 */
beforeAll(async () => {
  const runner = require.resolve('@pulumi/pulumi/cmd/run-policy-pack');
  pack = spawn(process.execPath, [runner, '127.0.0.1:1', folder], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (pack.stdout === null) throw new Error('the pack has no output');
  const [port] = (await once(pack.stdout, 'data')) as [Buffer];
  client = new AnalyzerClient(
    `127.0.0.1:${port.toString().trim()}`,
    grpc.credentials.createInsecure(),
  );
});

afterAll(() => {
  client.close();
  pack.kill();
});

function analyze(type: string, name: string, props: Record<string, never>): Promise<string[]> {
  const request = new rpc.AnalyzeRequest()
    .setType(type)
    .setName(name)
    .setUrn(`urn:pulumi:test::p::${type}::${name}`)
    .setOptions(new rpc.AnalyzerResourceOptions())
    .setProperties(Struct.fromJavaScript(props));
  return new Promise((resolve, reject) => {
    client.analyze(request, (error, response) => {
      if (error !== null) reject(error);
      else
        resolve(
          response
            .getDiagnosticsList()
            .map((d) => `${d.getPolicyname()} ${d.getEnforcementlevel()}: ${d.getMessage()}`),
        );
    });
  });
}

describe('the pack, as the engine runs it', () => {
  it('has every rule, each mandatory', async () => {
    const info = await new Promise<rpc.AnalyzerInfo>((resolve, reject) => {
      client.getAnalyzerInfo(new Empty(), (error, response) =>
        error === null ? resolve(response) : reject(error),
      );
    });
    const policies = info.getPoliciesList();
    expect(policies.map((p) => p.getName()).sort()).toEqual(rules.map(({ name }) => name).sort());
    for (const { description } of rules) expect(description).toMatch(/^[A-Z].*\.$/);
    const levels = policies.map((p) => p.getEnforcementlevel());
    expect(new Set(levels)).toEqual(new Set([rpc.EnforcementLevel.MANDATORY]));
  });

  it('a violation is mandatory and names the container', async () => {
    const found = await analyze('docker:index/container:Container', 'web', {
      readOnly: true,
      user: '1000:1000',
    } as never);
    expect(found).toContainEqual(
      expect.stringMatching(/^resource-limits 1: .*\ncontainer web has no memory limit$/),
    );
    expect(found.join()).not.toContain('non-root');
  });

  it('a value that is not known in a preview is no violation, and no error', async () => {
    const found = await analyze('docker:index/container:Container', 'web', {
      ...{ readOnly: unknownText, user: unknownText, memory: 64, cpus: '1', image: unknownText },
      ...{ capabilities: { drops: ['ALL'] }, securityOpts: ['no-new-privileges:true'] },
      ...{ envs: [unknownText], volumes: [{ fromContainer: unknownText }] },
    } as never);
    expect(found).toEqual([]);
  });
});

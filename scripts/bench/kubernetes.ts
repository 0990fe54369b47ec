import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploymentOf } from '../../components/deployment';
import { Cluster, prepare } from '../../offline/kit';
import { OperatorError } from '../operator-error';
import { capture } from '../process';
import { projectRoot, readStackFile, withFullKeys } from '../stack-files';
import { shapeOf } from '../stack-settings';
import { BenchProject, type Cost, emptyProgram } from './projects';
import { replayed, replayedHow, withReplay } from './replay';
import type { Section, Series } from './statistics';

const title = 'Nothing to change on Kubernetes';

/** The pods request more CPU than one node of two cores has. */
const nodes = 2;

/**
 * Runs the stack prod at small size on a cluster of its own and previews it, alternately with an
 * empty program. Grafana is left out, because its image is not available on every machine.
 */
export async function kubernetesPreviews(
  rounds: number,
  progress: (what: string, round: number, name: string, seconds: number) => void,
): Promise<Section> {
  const context = 'audifi-bench';
  const { config: prod } = readStackFile('prod');
  const { config: small } = readStackFile('cluster');
  const settings: Record<string, unknown> = Object.fromEntries(
    Object.entries({ ...prod, ...small }).map(([key, value]) => [key.split(':')[1] ?? key, value]),
  );
  Object.assign(settings, { kubernetes: { context }, grafana: { enabled: false } });
  const spaced = withFullKeys(settings);
  const images = [...deploymentOf(shapeOf({ config: spaced })).images];
  const need = ['pulumi', 'kubernetes', 'kubectl', 'docker', 'images'] as const;
  const kit = await prepare({ need, images });
  const folder = mkdtempSync(join(tmpdir(), 'audifi-bench-cluster-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const cluster = new Cluster(context, kubeconfig);
  const env = { ...process.env, ...kit.env, KUBECONFIG: kubeconfig };
  const stack = new BenchProject('prodbench', projectRoot, env);
  const empty = new BenchProject('prodbench', emptyProgram(), env);
  try {
    await cluster.start({ nodes, images }, (line) => process.stderr.write(`cluster: ${line}\n`));
    const app = await capture('kubectl', ['create', 'namespace', 'audifi'], { env });
    if (app.code !== 0) throw new OperatorError(`kubectl: ${app.stderr}`);
    stack.configure(settings);
    await stack.pulumi('up');
    await empty.pulumi('up');
    const costs = await withReplay(stack, env, async (replay) => {
      const measured: { empty: Cost; stack: Cost; replay: Cost }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const cost = {
          empty: await empty.pulumi('preview'),
          stack: await stack.pulumi('preview'),
          replay: await replay.pulumi('preview'),
        };
        measured.push(cost);
        progress(title, round, 'preview, empty program', cost.empty.seconds);
        progress(title, round, 'preview, stack prod', cost.stack.seconds);
        progress(title, round, `preview, ${replayed}`, cost.replay.seconds);
      }
      return measured;
    });
    const series = (name: string, value: (cost: (typeof costs)[number]) => number): Series => ({
      ...{ name, unit: 's', values: costs.map(value) },
    });
    return {
      title,
      how:
        `The stack prod at small size, ${await stack.resources()} resources, runs on a cluster of ${nodes} nodes, without Grafana. ` +
        'Compared with an empty TypeScript program on the same engine, which starts no provider. ' +
        replayedHow,
      series: [
        series('preview, empty program', (cost) => cost.empty.seconds),
        series('preview, stack prod', (cost) => cost.stack.seconds),
        series(`preview, ${replayed}`, (cost) => cost.replay.seconds),
        series('CPU time of the preview, empty program', (cost) => cost.empty.processorSeconds),
        series('CPU time of the preview, stack prod', (cost) => cost.stack.processorSeconds),
        series(`CPU time of the preview, ${replayed}`, (cost) => cost.replay.processorSeconds),
      ],
      ratios: [
        { of: 1, to: 0, aim: 1.75 },
        { of: 2, to: 0 },
        { of: 4, to: 3 },
        { of: 5, to: 3 },
      ],
    };
  } finally {
    await empty.remove();
    stack.forget();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

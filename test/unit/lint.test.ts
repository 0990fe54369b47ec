import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../scripts/stack-files';

/** [file, its content, the lint message; undefined if it is allowed] */
type Case = [path: string, text: string, says?: RegExp];

const value = (specifier: string): string => `import { x } from '${specifier}';`;
const types = (specifier: string): string => `import type { X } from '${specifier}';`;

const cases: Case[] = [
  // index -> components -> platform -> workload
  ['index.ts', value('./components/metrics/prometheus')],
  ['index.ts', value('./components/platform/choose')],
  ['index.ts', value('./components/platform/docker'), /index may not import docker/],
  ['index.ts', value('./scripts/stack'), /index may not import scripts/],
  ['components/metrics/a.ts', value('../workload')],
  ['components/metrics/a.ts', types('../platform/platform')],
  ['components/metrics/a.ts', value('../platform/platform'), /Its types may be imported/],
  ['components/metrics/a.ts', value('../platform/docker'), /metrics may not import docker/],
  ['components/metrics/a.ts', types('../platform/docker'), /metrics may not import docker/],
  ['components/metrics/a.ts', value('../platform/choose'), /metrics may not import choose/],
  ['components/metrics/a.ts', value('../logs/loki'), /metrics may not import logs/],
  ['components/platform/docker.ts', value('../workload')],
  ['components/platform/docker.ts', value('../metrics/prometheus'), /may not import metrics/],
  ['components/platform/docker.ts', value('../settings'), /docker may not import settings/],
  ['components/platform/docker.ts', value('./kubernetes'), /docker may not import kubernetes/],
  ['components/workload.ts', value('./platform/platform'), /workload may not import platform/],
  // components/grafana -> dashboards -> telemetry, components/metrics -> rules -> telemetry
  ['components/grafana/a.ts', value('../../dashboards/api')],
  ['components/metrics/a.ts', value('../../dashboards/api'), /may not import dashboards/],
  ['components/metrics/a.ts', value('../../rules')],
  ['components/logs/a.ts', value('../../rules'), /logs may not import rules/],
  ['dashboards/api.ts', value('../telemetry/metrics')],
  ['dashboards/panels/a.ts', value('../../telemetry')],
  // Threshold lines in panels come from the alerts.
  ['dashboards/api.ts', value('../rules')],
  ['dashboards/api.ts', value('../components/settings'), /dashboards may not import settings/],
  ['dashboards/api.ts', value('../components/units'), /dashboards may not import pure/],
  ['rules/alerts/a.ts', value('../../telemetry')],
  ['rules/a.ts', value('../dashboards/api'), /rules may not import dashboards/],
  ['rules/a.ts', types('../components/settings'), /rules may not import settings/],
  ['telemetry/a.ts', value('../rules'), /telemetry may not import rules/],
  // reference-app -> telemetry
  ['reference-app/src/lib/a.ts', value('../../../telemetry')],
  ['reference-app/src/lib/a.ts', value('express')],
  ['reference-app/src/lib/a.ts', value('@pulumi/pulumi'), /may not import the package @pulumi/],
  ['reference-app/src/a.ts', value('../../components/units'), /may not import pure/],
  [
    'components/metrics/a.ts',
    value('../../reference-app/src/lib/mask'),
    /may not import reference-app/,
  ],
  // Nothing imports index
  ['components/metrics/a.ts', value('../../index'), /may not import index/],
  ['components/metrics/a.ts', value('../..'), /may not import index/],
  ['components/units.ts', value('../'), /may not import index/],
  ['rules/a.ts', value('../index'), /may not import index/],
  ['scripts/a.ts', value('../index'), /scripts may not import index/],
  ['scripts/render.ts', value('../index')],
  // Pure: without Pulumi
  ['telemetry/a.ts', value('@pulumi/pulumi'), /telemetry may not import the package @pulumi/],
  ['rules/a.ts', types('@pulumi/pulumi'), /rules may not import the package @pulumi/],
  ['dashboards/a.ts', value('@pulumiverse/grafana'), /may not import the package @pulumiverse/],
  ['dashboards/a.ts', value('@grafana/grafana-foundation-sdk/dashboard')],
  ['components/metrics/x-config.ts', value('@pulumi/pulumi'), /config may not import the package/],
  ['components/metrics/x-config.ts', types('@pulumi/pulumi'), /config may not import the package/],
  ['components/metrics/x-config.ts', types('../settings')],
  ['components/metrics/x-config.ts', value('../settings'), /Its types may be imported/],
  ['components/logs/config.ts', value('@pulumi/pulumi'), /config may not import the package/],
  ['components/workload.ts', types('@pulumi/pulumi')],
  ['components/workload.ts', value('@pulumi/pulumi'), /Its types may be imported/],
  ['components/settings/schema.ts', value('@pulumi/pulumi'), /pure may not import the package/],
  // One file for each provider
  ['components/platform/docker.ts', value('@pulumi/docker')],
  ['components/platform/kubernetes-pod.ts', value('@pulumi/kubernetes/core/v1')],
  ['components/platform/kubernetes.ts', value('@pulumi/docker'), /may not import the package/],
  ['components/platform/docker.ts', value('@pulumi/kubernetes'), /may not import the package/],
  ['components/metrics/a.ts', value('@pulumi/docker'), /may not import the package/],
  ['index.ts', value('@pulumi/docker'), /may not import the package/],
  // Code around the program
  ['components/metrics/a.ts', value('../../scripts/docker'), /may not import scripts/],
  ['components/metrics/a.ts', value('../../offline/kit'), /may not import kit/],
  ['components/units.ts', value('../test/lib/mocks'), /may not import a file of no layer/],
  ['scripts/a.ts', value('../components/settings/schema')],
  ['scripts/a.ts', value('../components/settings'), /scripts may not import settings/],
  ['scripts/a.ts', value('../components/metrics/prometheus'), /scripts may not import metrics/],
  ['scripts/a.ts', value('../offline/kit')],
  ['scripts/a.ts', value('../offline/docker'), /scripts may not import offline/],
  ['offline/a.ts', value('../scripts/docker'), /offline may not import scripts/],
  ['cloud/a.ts', '', /"cloud\/a\.ts" belongs to no layer/],
  // All ways of importing
  ['rules/a.ts', "export { x } from '../components/units';", /rules may not import/],
  ['rules/a.ts', "export * from '../components/units';", /rules may not import/],
  ['rules/a.ts', "const x = await import('../components/units');", /rules may not import/],
  ['rules/a.ts', "const x = require('@pulumi/pulumi');", /rules may not import/],
  ['rules/a.ts', "import x = require('@pulumi/pulumi');", /rules may not import/],
  ['rules/a.ts', "type X = import('@pulumi/pulumi').Output<string>;", /rules may not import/],
  ['components/workload.ts', "import { type X } from '@pulumi/pulumi';"],
  ['components/workload.ts', "import { type X, y } from '@pulumi/pulumi';", /types may be/],
  // Rules that do not depend on imports
  ['components/metrics/a.ts', "x(settings.platform === 'docker');", /do not ask where they run/],
  ['components/metrics/a.ts', 'new pulumi.Config();', /Only components\/settings\/index\.ts/],
  ['components/settings/index.ts', 'new pulumi.Config();'],
  ['components/metrics/a.ts', "x(process.env['HOME']);", /follows from its settings/],
  ['components/platform/docker.ts', 'x(process.env.HOME);', /follows from its settings/],
];

let messages: string[][];

beforeAll(() => {
  const input = JSON.stringify(cases.map(([path, text]) => ({ path, text })));
  const output = execFileSync(process.execPath, [join('test', 'lib', 'lint-texts.mjs')], {
    cwd: projectRoot,
    input,
    encoding: 'utf8',
  });
  messages = JSON.parse(output) as string[][];
}, 60_000);

describe('import directions', () => {
  it.each(cases.map(([path, text, says], i) => ({ path, text, says, i })))(
    '$path: $text',
    ({ says, i }) => {
      expect(messages[i]).toEqual(says === undefined ? [] : [expect.stringMatching(says)]);
    },
  );
});

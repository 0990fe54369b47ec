import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from '@jest/globals';
import { GrafanaContents } from '../../../components/grafana/contents';
import { datasources, type DatasourcesArgs } from '../../../components/grafana/datasources';
import type { Endpoint } from '../../../components/workload';
import { sources } from '../../../dashboards';
import { filled } from '../../lib/dashboard-queries';
import { logqlErrors, promqlErrors } from '../../lib/grammar';
import { run } from '../../lib/mocks';
import { asked, unknownIn } from '../../lib/promql';
import { everything } from '../dashboards/options';

const endpoint = (name: string, port = 'http'): Endpoint => ({
  name,
  host: `${name}.svc`,
  instances: [`${name}.svc`],
  ports: [{ name: port, number: 1234 }],
  discovery: 'static',
  onHostNetwork: false,
});
const few: DatasourcesArgs = {
  prometheus: endpoint('prometheus'),
  alertmanager: endpoint('alertmanager'),
  scrapeInterval: 30,
};
const all: DatasourcesArgs = {
  ...few,
  loki: endpoint('loki'),
  jaeger: endpoint('jaeger', 'query'),
};

describe('data sources', () => {
  it('exist only for deployed services', () => {
    expect(Object.keys(datasources(few))).toEqual(['prometheus', 'alertmanager']);
    expect(JSON.stringify(datasources(few))).not.toMatch(/audifi-(loki|jaeger)/);
    expect(Object.keys(datasources(all)).sort()).toEqual(Object.keys(sources).sort());
  });

  it('link to each other: graph, trace and log line', () => {
    const { prometheus, loki, jaeger } = datasources(all);
    expect(prometheus?.options).toMatchObject({
      timeInterval: '30s',
      exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 'audifi-jaeger' }],
    });
    expect(loki?.options).toMatchObject({
      derivedFields: [{ matcherRegex: 'trace_id', datasourceUid: 'audifi-jaeger' }],
    });
    expect(jaeger?.options).toMatchObject({
      tracesToLogsV2: { datasourceUid: 'audifi-loki' },
      tracesToMetrics: { datasourceUid: 'audifi-prometheus' },
    });
  });

  it('accept coarser aggregates only from Thanos', () => {
    const parameters = (args: DatasourcesArgs): unknown =>
      datasources(args)['prometheus']?.options['customQueryParameters'];
    expect(parameters({ ...all, longTerm: true })).toBe('max_source_resolution=auto');
    expect(parameters(all)).toBeUndefined();
  });

  it('use valid queries in links', () => {
    const values = { __tags: 'job="api-server"', 'span.traceId': '' };
    const spans = { __tags: 'service_name="worker"' };
    const { tracesToLogsV2, tracesToMetrics } = datasources(all)['jaeger']?.options as {
      tracesToLogsV2: { query: string };
      tracesToMetrics: { tags: object[]; queries: { query: string }[] };
    };
    const lines = tracesToLogsV2.query.replace('${__span.traceId}', 'abc');
    expect(logqlErrors(filled(lines, values))).toEqual([]);
    // The metrics of spans, because only api-server has those of HTTP.
    expect(tracesToMetrics.tags).toEqual([{ key: 'service.name', value: 'service_name' }]);
    expect(tracesToMetrics.queries).toHaveLength(3);
    for (const { query } of tracesToMetrics.queries) {
      const promql = filled(query, spans);
      for (const { labels } of asked(promql).selectors)
        expect([promql, labels]).toEqual([promql, expect.arrayContaining(['job', 'service_name'])]);
      expect([promql, promqlErrors(promql), unknownIn(promql)]).toEqual([promql, [], []]);
    }
  });
});

describe('the contents of Grafana', () => {
  const made = () =>
    run(() => {
      new GrafanaContents('grafana-contents', {
        ...all,
        apiUrl: 'http://127.0.0.1:3000',
        adminPassword: pulumi.secret('planted-password'),
        dashboards: everything,
      });
    });

  it('have their own provider, whose password is secret', async () => {
    const { resources } = await made();
    const provider = resources.find(({ type }) => type === 'pulumi:providers:grafana');
    expect(provider?.inputs).toEqual({
      url: 'http://127.0.0.1:3000',
      auth: 'admin:planted-password',
      retryWait: '2',
    });
    expect(await pulumi.isSecret(provider?.props['auth'] as pulumi.Output<string>)).toBe(true);
    const others = resources.filter((resource) => resource !== provider);
    expect(JSON.stringify(others.map(({ inputs }) => inputs))).not.toContain('planted');
  });

  it('have a folder that everybody can see and editors can change, with all dashboards', async () => {
    const { get, ofType } = await made();
    expect(get('Folder', 'grafana-contents-folder').inputs).toEqual({
      title: 'AudiFi',
      uid: 'audifi',
    });
    expect(get('FolderPermission', 'grafana-contents-permissions').inputs).toMatchObject({
      permissions: [
        { role: 'Viewer', permission: 'View' },
        { role: 'Editor', permission: 'Edit' },
      ],
    });
    const dashboards = ofType('Dashboard');
    expect(dashboards).toHaveLength(11);
    for (const { name, inputs } of dashboards) {
      expect(JSON.parse(inputs['configJson'] as string)).toMatchObject({ uid: name });
      // Dashboards of others are never overwritten.
      expect(inputs['overwrite']).not.toBe(true);
    }
  });

  it('query data sources only through Grafana, with fixed uids', async () => {
    const { ofType } = await made();
    for (const { name, inputs } of ofType('DataSource')) {
      expect(inputs).toMatchObject({ uid: name, accessMode: 'proxy' });
      expect(inputs['url']).toMatch(/^http:\/\/\w+\.svc:1234$/);
    }
    expect(ofType('DataSource').filter(({ inputs }) => inputs['isDefault'] === true)).toHaveLength(
      1,
    );
  });

  it('start with the Overview', async () => {
    const { get } = await made();
    expect(get('OrganizationPreferences', 'grafana-contents-home').inputs).toEqual({
      homeDashboardUid: 'audifi-overview',
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { allDashboards } from '../../../dashboards';
import { panelsOf } from '../../lib/dashboard-queries';
import { everything } from './options';

const all = allDashboards(everything);
const panelsIn = (uid: string) => all.filter((one) => one.uid === uid).flatMap(panelsOf);

describe('the panel of an alert', () => {
  it.each([
    ['audifi-external-services', 'Oldest Job', 'WorkerQueueStuck'],
    ['audifi-database', 'Connections', 'DatabasePoolExhausted'],
    ['audifi-stack', 'Memory Limits', 'ContainerNearMemoryLimit'],
  ])('%s: %s links to the runbook of %s', (uid, title, alert) => {
    const panels = panelsIn(uid);
    const urls = panels.find((panel) => panel.title === title)?.links?.map(({ url }) => url);
    expect(urls).toContain(`https://runbooks.example/${alert}.md`);
  });
});

describe('names and shares of several', () => {
  const exprs = (uid: string, title: string): string =>
    panelsIn(uid)
      .filter((panel) => panel.title === title)
      .flatMap(({ targets = [] }) => (targets as unknown as { expr: string }[]).map((t) => t.expr))
      .join('\n');

  // A few cold reads of a database that is hardly used are all of its reads.
  it('all tables and the whole cache are shares of the server, not of its lowest database', () => {
    for (const title of ['Index Usage', 'Index Cache Hits']) {
      expect(exprs('audifi-database', title)).toMatch(/\(instance:pg_\w+:ratio_rate5m\{/);
    }
  });

  it('pods of one name in two namespaces are told apart', () => {
    for (const title of ['Memory by Container', 'Memory Limits', 'CPU by Container']) {
      expect(exprs('audifi-stack', title)).toContain('"container", "pod", "namespace")');
    }
  });
});
